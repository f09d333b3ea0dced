//! What well-formed texts mean.

use timeslice::base::Nanos;
use timeslice::scenario::text::{parse, print};
use timeslice::scenario::{
    Body, ChannelKind, CostPreset, Policy, QueueScope, RunAs, Scenario, StatementKind, Ties,
};

/// The scenario of a text that has nothing wrong with it.
fn read(text: &str) -> Scenario {
    let parsed = parse(text);
    let complaints = &parsed.diagnostics;
    assert!(complaints.is_empty(), "{complaints:#?}\n{text}");
    parsed.scenario
}

#[test]
fn an_almost_empty_text_has_all_the_defaults() {
    let scenario = read("format = 1\n[[process]]\nname = \"a\"\nprogram = \"compute 5ms\"");
    assert_eq!(scenario.machine.cores, 1);
    assert_eq!(scenario.machine.smt, 1);
    assert_eq!(scenario.machine.memory_bytes, 8 << 30);
    assert_eq!(scenario.machine.costs, CostPreset::Linux);
    assert_eq!(scenario.scheduler.policy, Policy::RoundRobin);
    assert_eq!(scenario.scheduler.quantum, Nanos::from_ms(10));
    assert_eq!(scenario.scheduler.queue, QueueScope::Global);
    assert_eq!(scenario.scheduler.ties, Ties::ArrivalsFirst);
    assert_eq!((scenario.seed, scenario.run_as), (0, RunAs::AsWritten));
    let process = &scenario.processes[0];
    assert_eq!((process.count, process.arrival), (1, Nanos::ZERO));
    assert_eq!(
        (process.priority, process.nice, process.tickets, process.gil),
        (0, 0, 100, false)
    );
    assert_eq!(process.threads.len(), 1);
    assert_eq!(process.threads[0].name, "main");
}

const EVERYTHING: &str = r#"
format = 1
title = "Everything"
description = "All keys at once"
seed = 42
run_as = "hybrid"

[machine]
cores = 4
smt = 2
smt_throughput = 1.25
memory = "16GiB"
costs = "windows"
[machine.cost]
thread_switch = "2us"
process_switch = "5us"
coroutine_switch = "100ns"
process_create = "1ms"
thread_create = "50us"
coroutine_create = "1us"

[scheduler]
policy = "lottery"
quantum = "500us"
queue = "per-core"
ties = "preempted-first"

[[device]]
name = "disk"
channels = 2
[[mutex]]
name = "door"
priority_inheritance = true
[[rwlock]]
name = "table"
prefer = "fair"
[[semaphore]]
name = "slots"
count = 3
[[barrier]]
name = "start"
parties = 4
[[channel]]
name = "jobs"
kind = "message-queue"
capacity = "32KiB"
[[variable]]
name = "total"
value = -5

[[process]]
name = "all"
count = 2
arrival = "3ms"
priority = -1
nice = 5
tickets = 7
gil = true
  [[process.thread]]
  name = "worker"
  count = 4
  program = """
  compute 8ms; io disk 12ms   # two on a line
  sleep 1.5ms
  yield
  repeat 5 { compute 1ms }
  lock door
  unlock door
  lock door for 5ms {
    unlock door
  } else {
    compute 1us
  }
  wait slots; post slots
  wait changed with door
  signal changed; broadcast changed
  read-lock table; unlock table; write-lock table; unlock table
  barrier start
  send jobs 4KiB
  recv jobs
  load total; add -1; store total
  atomic total += 3
  spawn extra
  join
  without-gil { compute 1ms }
  log half done, more to come
  repeat 2 {
    forever {
      compute 1ms
    }
  }
  """
  [[process.thread]]
  name = "extra"
  count = 0
  program = "crash"
  [[process.thread]]
  name = "loop"
    [[process.thread.coroutine]]
    name = "request"
    count = 1000
    program = "await network 3s; exit"
"#;

#[test]
fn every_key_and_every_statement_is_read() {
    let scenario = read(EVERYTHING);
    assert_eq!(scenario.machine.smt_throughput_permille, 1_250);
    assert_eq!(
        scenario.machine.cost.coroutine_switch,
        Some(Nanos(100)),
        "{:?}",
        scenario.machine.cost
    );
    assert_eq!(scenario.channels[0].kind, ChannelKind::MessageQueue);
    assert_eq!(scenario.channels[0].capacity_bytes, 32 << 10);
    assert_eq!(scenario.variables[0].value, -5);
    let process = &scenario.processes[0];
    let Body::Program(program) = &process.threads[0].body else {
        panic!("the worker runs a program");
    };
    assert_eq!(program.statements.len(), 29);
    assert_eq!(
        program.statements[3].kind,
        StatementKind::Yield,
        "statements keep their order"
    );
    let Body::Coroutines(coroutines) = &process.threads[2].body else {
        panic!("the loop runs coroutines");
    };
    assert_eq!(coroutines[0].count, 1_000);
}

#[test]
fn statements_know_where_they_stand() {
    let scenario = read(EVERYTHING);
    let Body::Program(program) = &scenario.processes[0].threads[0].body else {
        panic!("the worker runs a program");
    };
    let stands = |at: usize| {
        let span = &program.statements[at].span.0;
        &EVERYTHING[span.start as usize..span.end as usize]
    };
    assert_eq!(stands(0), "compute 8ms");
    assert_eq!(stands(1), "io disk 12ms");
    assert_eq!(stands(4), "repeat 5", "a block is known by its head");
    assert_eq!(stands(7), "lock door for 5ms");
}

#[test]
fn printing_everything_and_reading_it_gives_the_same() {
    let scenario = read(EVERYTHING);
    let text = print(&scenario);
    assert_eq!(read(&text), scenario, "{text}");
    assert_eq!(print(&read(&text)), text, "the canonical text is canonical");
}

#[test]
fn the_canonical_text_leaves_defaults_out() {
    let scenario = read(
        "format = 1\nseed = 0\n[machine]\ncores = 1\n[[process]]\nname = 'a'\ncount = 1\nprogram = '''\nrepeat 2 {\ncompute 5ms;compute 1000us}'''",
    );
    assert_eq!(
        print(&scenario),
        "format = 1\n\n[[process]]\nname = \"a\"\nprogram = \"\"\"\nrepeat 2 {\n  compute 5ms\n  compute 1ms\n}\n\"\"\"\n"
    );
}

#[test]
fn toml_may_be_written_in_its_other_ways() {
    let inline = read(
        "format = 1\nmachine = { cores = 2, cost = { thread_switch = \"1us\" } }\nscheduler.policy = \"fifo\"\nprocess = [{ name = \"a\", program = \"compute 1ms\" }]\n",
    );
    let tables = read(
        "format = 1\n[machine]\ncores = 2\n[machine.cost]\nthread_switch = \"1us\"\n[scheduler]\npolicy = \"fifo\"\n[[process]]\nname = \"a\"\nprogram = \"compute 1ms\"\n",
    );
    assert_eq!(inline, tables);
}
