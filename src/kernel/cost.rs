//! What switching and creating cost. Every number has its source in `docs/cost-model.md`.

use crate::base::Nanos;
use crate::scenario::limits;
use crate::scenario::{CostPreset, Costs, Machine};
use crate::trace::{MemoryCosts, SwitchCost, SwitchKind};

/// The costs of one machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostTable {
    /// Between coroutines of one thread.
    pub coroutine_switch: SwitchCost,
    /// Between threads of one process.
    pub thread_switch: SwitchCost,
    /// Between threads of two processes.
    pub process_switch: SwitchCost,
    /// Making a coroutine.
    pub coroutine_create: Nanos,
    /// Making a thread.
    pub thread_create: Nanos,
    /// Making a process.
    pub process_create: Nanos,
    /// Going on on another hardware thread than before, beside the switch.
    pub migration: Nanos,
    /// Bringing a kibibyte into a cache.
    pub cache_refill: Nanos,
    /// A load from or a store to shared memory.
    pub memory_access: Nanos,
    /// An atomic addition.
    pub atomic_access: Nanos,
    /// Asking for a lock, a semaphore, a condition or a barrier.
    pub lock: Nanos,
    /// What messages cost.
    pub messages: MessageCosts,
    /// What tasks take of the main memory.
    pub memory: MemoryCosts,
}

/// What sending and receiving messages is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct MessageCosts {
    /// Asking the kernel for anything.
    pub system_call: Nanos,
    /// Copying a kibibyte.
    pub copy: Nanos,
    /// Waking a task that waits.
    pub wake: Nanos,
    /// What a socket's protocol does for a message.
    pub protocol: Nanos,
}

/// The costs a preset stands for.
#[must_use]
pub fn preset(name: CostPreset) -> CostTable {
    let switch = |kind, save_restore, choose, address_space| SwitchCost {
        kind,
        save_restore: Nanos(save_restore),
        choose: Nanos(choose),
        address_space: Nanos(address_space),
        cache_refill: Nanos::ZERO,
    };
    let [coroutine, thread, process] = [
        SwitchKind::Coroutine,
        SwitchKind::Thread,
        SwitchKind::Process,
    ];
    match name {
        CostPreset::Free => CostTable {
            coroutine_switch: switch(coroutine, 0, 0, 0),
            thread_switch: switch(thread, 0, 0, 0),
            process_switch: switch(process, 0, 0, 0),
            coroutine_create: Nanos::ZERO,
            migration: Nanos::ZERO,
            cache_refill: Nanos::ZERO,
            thread_create: Nanos::ZERO,
            process_create: Nanos::ZERO,
            memory_access: Nanos::ZERO,
            atomic_access: Nanos::ZERO,
            lock: Nanos::ZERO,
            messages: MessageCosts::default(),
            memory: MemoryCosts::default(),
        },
        CostPreset::Linux | CostPreset::Measured => CostTable {
            coroutine_switch: switch(coroutine, 50, 150, 0),
            thread_switch: switch(thread, 300, 1_400, 0),
            process_switch: switch(process, 300, 1_400, 700),
            coroutine_create: Nanos(300),
            migration: Nanos::ZERO,
            cache_refill: Nanos::ZERO,
            thread_create: Nanos::from_us(17),
            process_create: Nanos::from_us(600),
            memory_access: Nanos(1),
            atomic_access: Nanos(6),
            lock: Nanos(25),
            messages: MessageCosts {
                system_call: Nanos(165),
                copy: Nanos(25),
                wake: Nanos(2_200),
                protocol: Nanos::from_us(6),
            },
            memory: MemoryCosts {
                process_bytes: 176 << 10,
                thread_bytes: 20 << 10,
                coroutine_bytes: 410,
            },
        },
        CostPreset::Windows => CostTable {
            process_create: Nanos::from_ms(6),
            ..preset(CostPreset::Linux)
        },
    }
}

impl CostTable {
    /// The preset of a machine, with its own costs in place of the preset's.
    #[must_use]
    pub fn of(machine: &Machine) -> CostTable {
        let mut table = preset(machine.costs);
        let Costs {
            thread_switch,
            process_switch,
            coroutine_switch,
            process_create,
            thread_create,
            coroutine_create,
            migration,
            cache_refill,
            memory_access,
            atomic_access,
            lock,
            system_call,
            copy,
            wake,
            protocol,
            process_memory_bytes,
            thread_memory_bytes,
            coroutine_memory_bytes,
        } = machine.cost;
        for (switch, total) in [
            (&mut table.thread_switch, thread_switch),
            (&mut table.process_switch, process_switch),
            (&mut table.coroutine_switch, coroutine_switch),
        ] {
            if let Some(total) = total {
                *switch = scaled(*switch, total);
            }
        }
        for (create, cost) in [
            (&mut table.process_create, process_create),
            (&mut table.thread_create, thread_create),
            (&mut table.coroutine_create, coroutine_create),
            (&mut table.migration, migration),
            (&mut table.cache_refill, cache_refill),
            (&mut table.memory_access, memory_access),
            (&mut table.atomic_access, atomic_access),
            (&mut table.lock, lock),
            (&mut table.messages.system_call, system_call),
            (&mut table.messages.copy, copy),
            (&mut table.messages.wake, wake),
            (&mut table.messages.protocol, protocol),
        ] {
            *create = cost.unwrap_or(*create);
        }
        for (takes, bytes) in [
            (&mut table.memory.process_bytes, process_memory_bytes),
            (&mut table.memory.thread_bytes, thread_memory_bytes),
            (&mut table.memory.coroutine_bytes, coroutine_memory_bytes),
        ] {
            *takes = bytes.unwrap_or(*takes);
        }
        table
    }

    /// How long bringing so much into a cache takes, rounded up.
    #[must_use]
    pub fn refill(&self, bytes: u64) -> Nanos {
        let cost = (u128::from(bytes) * u128::from(self.cache_refill.0)).div_ceil(1 << 10);
        Nanos(u64::try_from(cost).unwrap_or(Nanos::NEVER.0)).min(limits::DURATION)
    }
}

/// The same kind of switch with another total, split in the same proportions. What does not divide
/// evenly goes to saving and restoring; so does all of it where the preset's is free.
fn scaled(switch: SwitchCost, total: Nanos) -> SwitchCost {
    let before = switch.total();
    let part = |item: Nanos| match before {
        Nanos::ZERO => Nanos::ZERO,
        Nanos(before) => {
            Nanos((u128::from(item.0) * u128::from(total.0) / u128::from(before)) as u64)
        }
    };
    let (choose, address_space) = (part(switch.choose), part(switch.address_space));
    let cache_refill = part(switch.cache_refill);
    SwitchCost {
        save_restore: total - choose - address_space - cache_refill,
        choose,
        address_space,
        cache_refill,
        ..switch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_of_ones_own_keeps_the_proportions_and_adds_up() {
        let mut machine = Machine::default();
        machine.cost.process_switch = Some(Nanos::from_us(5));
        let table = CostTable::of(&machine);
        assert_eq!(table.process_switch.total(), Nanos::from_us(5));
        assert_eq!(table.process_switch.choose, Nanos(2_916));
        assert_eq!(table.thread_switch, preset(CostPreset::Linux).thread_switch);
        machine.costs = CostPreset::Free;
        assert_eq!(
            CostTable::of(&machine).process_switch.total(),
            Nanos::from_us(5)
        );
    }
}
