//! From a program's source to statements. A statement that cannot be read is complained about and
//! left out; reading goes on behind it.

use std::ops::Range;

use super::STATEMENTS;
use super::arguments::example;
use super::tokens::{self, Tokens};
use crate::scenario::diagnostic::{Complaints, code};
use crate::scenario::place::Place;
use crate::scenario::program::{LockAttempt, Program, SourceSpan, Statement, StatementKind};
use crate::scenario::value::{self, shorten};
use crate::scenario::{limits, suggest};

/// Reads a program whose source stands at `place`.
pub(crate) fn read(source: &str, place: &Place, complaints: &mut Complaints<'_>) -> Program {
    let mut reader = Reader {
        tokens: Tokens::new(source),
        place,
        complaints,
        depth: 0,
        statements: 0,
        too_many: false,
    };
    Program {
        statements: reader.statements(None),
    }
}

pub(super) struct Reader<'s, 'c, 't> {
    pub(super) tokens: Tokens<'s>,
    pub(super) place: &'c Place,
    pub(super) complaints: &'c mut Complaints<'t>,
    depth: usize,
    statements: usize,
    too_many: bool,
}

/// Something could not be read; it has been complained about.
pub(super) struct Unread;

impl Reader<'_, '_, '_> {
    /// Statements up to the end, or up to the `}` that closes the block opened at `open`.
    fn statements(&mut self, open: Option<Range<usize>>) -> Vec<Statement> {
        let mut statements = Vec::new();
        loop {
            tokens::separators(&mut self.tokens);
            match tokens::next(&self.tokens) {
                None => {
                    if let Some(open) = open {
                        self.complain(
                            code::UNCLOSED_BLOCK,
                            open,
                            "this `{` is never closed",
                            "write a `}` where the block ends",
                        );
                    }
                    return statements;
                }
                Some('}') => {
                    let at = self.take_letter();
                    if open.is_some() {
                        return statements;
                    }
                    self.complain(
                        code::UNOPENED_BLOCK,
                        at,
                        "this `}` closes nothing",
                        "leave it out, or write the `{` it belongs to",
                    );
                }
                Some('{') => {
                    let at = self.take_letter();
                    self.complain(
                        code::UNEXPECTED_TEXT,
                        at.clone(),
                        "a block needs a statement in front of it",
                        "write `repeat 3 {` or `forever {`",
                    );
                    self.block_from(at);
                }
                Some(_) if self.too_many => {
                    tokens::letter(&mut self.tokens);
                    self.skip_statement();
                }
                Some(_) => match self.statement() {
                    Ok(statement) => statements.push(statement),
                    Err(Unread) => self.skip_statement(),
                },
            }
        }
    }

    fn statement(&mut self) -> Result<Statement, Unread> {
        let (word, word_span) = tokens::argument(&mut self.tokens).ok_or(Unread)?;
        self.statements += 1;
        if self.statements > limits::PROGRAM_STATEMENTS {
            self.too_many = true;
            let message = format!(
                "the program has more than {} statements",
                limits::PROGRAM_STATEMENTS
            );
            self.complain(
                code::TOO_MANY_STATEMENTS,
                word_span,
                &message,
                "use `repeat N { … }` for what comes again",
            );
            return Err(Unread);
        }
        let start = word_span.start;
        let mut head_end = None;
        let kind = match word {
            "compute" => StatementKind::Compute(self.time(word)?),
            "sleep" => StatementKind::Sleep(self.time(word)?),
            "io" => {
                let (device, duration) = self.device_and_duration(word)?;
                StatementKind::Io { device, duration }
            }
            "await" => {
                let (device, duration) = self.device_and_duration(word)?;
                StatementKind::Await { device, duration }
            }
            "poll" => self.poll()?,
            "yield" => StatementKind::Yield,
            "repeat" => {
                let times = self.times()?;
                head_end = Some(tokens::offset(&self.tokens));
                let body = self.block(word)?;
                StatementKind::Repeat { times, body }
            }
            "forever" => {
                head_end = Some(tokens::offset(&self.tokens));
                let body = self.block(word)?;
                StatementKind::Forever { body }
            }
            "without-gil" => {
                head_end = Some(tokens::offset(&self.tokens));
                let body = self.block(word)?;
                StatementKind::WithoutGil { body }
            }
            "lock" => self.lock(&mut head_end)?,
            "read-lock" => StatementKind::ReadLock(self.name(word, "a reader-writer lock")?),
            "write-lock" => StatementKind::WriteLock(self.name(word, "a reader-writer lock")?),
            "unlock" => StatementKind::Unlock(self.name(word, "a mutex")?),
            "wait" => self.wait()?,
            "post" => StatementKind::Post(self.name(word, "a semaphore")?),
            "signal" => StatementKind::Signal(self.name(word, "a condition")?),
            "broadcast" => StatementKind::Broadcast(self.name(word, "a condition")?),
            "barrier" => StatementKind::Barrier(self.name(word, "a barrier")?),
            "send" => {
                let channel = self.name(word, "a channel")?;
                let size_bytes = self.size(word)?;
                StatementKind::Send {
                    channel,
                    size_bytes,
                }
            }
            "recv" => StatementKind::Receive(self.name(word, "a channel")?),
            "load" => StatementKind::Load(self.name(word, "a variable")?),
            "store" => StatementKind::Store(self.name(word, "a variable")?),
            "add" => StatementKind::Add(self.amount(word)?),
            "atomic" => self.atomic()?,
            "spawn" => StatementKind::Spawn(self.name(word, "a process, thread or coroutine")?),
            "join" => StatementKind::Join,
            "log" => StatementKind::Log(self.log()?),
            "crash" => StatementKind::Crash,
            "exit" => StatementKind::Exit,
            unknown => {
                self.unknown_statement(unknown, word_span);
                return Err(Unread);
            }
        };
        let end = head_end.unwrap_or_else(|| tokens::offset(&self.tokens));
        if head_end.is_none() {
            self.end_of_statement(word);
        }
        let span = self.place.span(start..end);
        let span = SourceSpan(narrow(span.start)..narrow(span.end));
        Ok(Statement { kind, span })
    }

    fn lock(&mut self, head_end: &mut Option<usize>) -> Result<StatementKind, Unread> {
        let mutex = self.name("lock", "a mutex")?;
        if !self.follows("for") {
            return Ok(StatementKind::Lock {
                mutex,
                attempt: None,
            });
        }
        let limit = self.duration("lock … for")?;
        *head_end = Some(tokens::offset(&self.tokens));
        let locked = self.block("lock … for")?;
        let before_else = self.tokens;
        tokens::space(&mut self.tokens);
        let timed_out = if self.follows("else") {
            self.block("else")?
        } else {
            self.tokens = before_else;
            Vec::new()
        };
        let attempt = Some(LockAttempt {
            limit,
            locked,
            timed_out,
        });
        Ok(StatementKind::Lock { mutex, attempt })
    }

    fn poll(&mut self) -> Result<StatementKind, Unread> {
        let (device, duration) = self.device_and_duration("poll")?;
        if !self.follows("every") {
            return Err(self.missing("poll", "`every` and a duration"));
        }
        let every = self.duration("poll … every")?;
        Ok(StatementKind::Poll {
            device,
            duration,
            every,
        })
    }

    fn wait(&mut self) -> Result<StatementKind, Unread> {
        let name = self.name("wait", "a semaphore, or a condition")?;
        if !self.follows("with") {
            return Ok(StatementKind::Wait(name));
        }
        let mutex = self.name("wait … with", "a mutex")?;
        Ok(StatementKind::WaitCondition {
            condition: name,
            mutex,
        })
    }

    fn atomic(&mut self) -> Result<StatementKind, Unread> {
        tokens::blanks(&mut self.tokens);
        let Some((variable, span)) = tokens::name(&mut self.tokens) else {
            return Err(self.missing("atomic", "a variable"));
        };
        let variable = self.good_name(variable, span)?;
        tokens::blanks(&mut self.tokens);
        if tokens::exactly(&mut self.tokens, "+=").is_none() {
            return Err(self.missing("atomic", "`+=` and a number"));
        }
        let amount = self.amount("atomic")?;
        Ok(StatementKind::AtomicAdd { variable, amount })
    }

    fn log(&mut self) -> Result<String, Unread> {
        let (text, span) = tokens::line(&mut self.tokens);
        if text.trim().is_empty() {
            return Err(self.missing("log", "a text"));
        }
        value::text(text.trim(), limits::LOG_CHARS)
            .map_err(|wrong| self.wrong("the text of `log`", span, wrong))?;
        Ok(text.trim().to_owned())
    }

    /// A block, with its braces.
    fn block(&mut self, statement: &str) -> Result<Vec<Statement>, Unread> {
        let before = self.tokens;
        tokens::space(&mut self.tokens);
        match tokens::exactly(&mut self.tokens, "{") {
            Some(open) => Ok(self.block_from(open)),
            None => {
                self.tokens = before;
                Err(self.missing(statement, "a block in braces"))
            }
        }
    }

    /// The rest of a block whose `{` has been taken.
    fn block_from(&mut self, open: Range<usize>) -> Vec<Statement> {
        if self.depth == limits::PROGRAM_DEPTH {
            let message = format!("blocks are nested more than {} deep", limits::PROGRAM_DEPTH);
            self.complain(
                code::TOO_DEEP,
                open,
                &message,
                "use fewer blocks inside each other",
            );
            self.skip_block();
            return Vec::new();
        }
        self.depth += 1;
        let statements = self.statements(Some(open));
        self.depth -= 1;
        statements
    }

    /// To the `}` that closes a block which is too deep to be read, without recursion.
    fn skip_block(&mut self) {
        let mut open = 1;
        while open > 0 {
            if tokens::comment(&mut self.tokens) {
                continue;
            }
            match tokens::letter(&mut self.tokens) {
                None => return,
                Some('{') => open += 1,
                Some('}') => open -= 1,
                Some(_) => {}
            }
        }
    }

    /// To the end of a statement that could not be read, blocks included.
    fn skip_statement(&mut self) {
        loop {
            match tokens::next(&self.tokens) {
                None | Some('\n') => return,
                Some('{') => {
                    let open = self.take_letter();
                    self.block_from(open);
                }
                Some(letter) if tokens::ends_statement(letter) => return,
                Some(_) => {
                    tokens::letter(&mut self.tokens);
                }
            }
        }
    }

    /// Complains about what follows a statement on its line.
    fn end_of_statement(&mut self, statement: &str) {
        tokens::blanks(&mut self.tokens);
        match tokens::next(&self.tokens) {
            None | Some('\n') => {}
            Some(letter) if tokens::ends_statement(letter) => {}
            Some(_) => {
                let start = tokens::offset(&self.tokens);
                let (rest, _) = tokens::line(&mut self.tokens);
                let end = (start + rest.trim_end().len()).max(start + 1);
                let message = format!(
                    "`{}` does not belong to `{statement}`",
                    shorten(if rest.is_empty() { "{" } else { rest })
                );
                self.complain(
                    code::UNEXPECTED_TEXT,
                    start..end,
                    &message,
                    "statements stand on lines of their own, or have `;` between them",
                );
                self.skip_statement();
            }
        }
    }

    fn unknown_statement(&mut self, word: &str, span: Range<usize>) {
        let words: Vec<&str> = STATEMENTS.iter().map(|(word, _)| *word).collect();
        let stem: &str = word
            .split(|letter: char| !letter.is_alphanumeric() && letter != '-')
            .next()
            .unwrap_or("");
        let hint = if stem != word && words.contains(&stem) {
            format!("put a space after `{stem}`, as in `{}`", example(stem))
        } else {
            match suggest::nearest(word, words.iter().copied()) {
                Some(near) => format!("did you mean `{near}`, as in `{}`?", example(near)),
                None => format!("statements begin with {}", suggest::list(&words)),
            }
        };
        let message = format!("`{}` is not a statement", shorten(word));
        self.complain(code::UNKNOWN_STATEMENT, span, &message, &hint);
    }

    fn take_letter(&mut self) -> Range<usize> {
        let start = tokens::offset(&self.tokens);
        tokens::letter(&mut self.tokens);
        start..tokens::offset(&self.tokens)
    }
}

/// Texts are far shorter than 4 GiB; see [`limits::TEXT_BYTES`].
fn narrow(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}
