//! The statement language: what the `program` of a task is written in. Reading never fails; what
//! cannot be read is complained about and left out. Called by `text`.

mod arguments;
mod print;
mod read;
mod tokens;

pub(crate) use print::print;
pub(crate) use read::read;

/// The statements: the word each begins with, and an example of it, in the order of the
/// documentation.
pub const STATEMENTS: &[(&str, &str)] = &[
    ("compute", "compute 5ms"),
    ("io", "io disk 5ms"),
    ("await", "await network 5ms"),
    ("poll", "poll network 5ms every 1ms"),
    ("sleep", "sleep 5ms"),
    ("yield", "yield"),
    ("repeat", "repeat 3 { compute 5ms }"),
    ("forever", "forever { compute 5ms }"),
    ("lock", "lock door"),
    ("read-lock", "read-lock table"),
    ("write-lock", "write-lock table"),
    ("unlock", "unlock door"),
    ("wait", "wait slots"),
    ("post", "post slots"),
    ("signal", "signal changed"),
    ("broadcast", "broadcast changed"),
    ("barrier", "barrier start"),
    ("send", "send jobs 4KiB"),
    ("recv", "recv jobs"),
    ("load", "load total"),
    ("add", "add 1"),
    ("store", "store total"),
    ("atomic", "atomic total += 1"),
    ("spawn", "spawn worker"),
    ("join", "join"),
    ("without-gil", "without-gil { compute 5ms }"),
    ("log", "log half done"),
    ("crash", "crash"),
    ("exit", "exit"),
];
