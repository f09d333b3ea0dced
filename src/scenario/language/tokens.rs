//! The pieces that statements are made of. Each parser takes one piece or takes nothing.

use std::ops::Range;

use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location};
use winnow::token::{any, take_till, take_while};

use crate::scenario::value::is_name_char;

/// A program's source, with the places of what is taken from it.
pub(super) type Tokens<'s> = LocatingSlice<&'s str>;

/// A piece and where it stands in the source.
pub(super) type Piece<'s> = (&'s str, Range<usize>);

type Result<T> = winnow::Result<T, EmptyError>;

/// Blanks, but no newline.
pub(super) fn blanks(tokens: &mut Tokens<'_>) {
    let taken: Result<&str> =
        take_while(0.., |letter: char| letter.is_whitespace() && letter != '\n').parse_next(tokens);
    debug_assert!(taken.is_ok(), "taking nothing is fine");
}

/// Everything between statements: blanks, newlines, `;` and comments.
pub(super) fn separators(tokens: &mut Tokens<'_>) {
    loop {
        let taken: Result<&str> =
            take_while(0.., |letter: char| letter.is_whitespace() || letter == ';')
                .parse_next(tokens);
        debug_assert!(taken.is_ok(), "taking nothing is fine");
        if !comment(tokens) {
            return;
        }
    }
}

/// Blanks, newlines and comments, but no `;`.
pub(super) fn space(tokens: &mut Tokens<'_>) {
    loop {
        let taken: Result<&str> = take_while(0.., char::is_whitespace).parse_next(tokens);
        debug_assert!(taken.is_ok(), "taking nothing is fine");
        if !comment(tokens) {
            return;
        }
    }
}

/// A comment up to the end of its line; whether there was one.
pub(super) fn comment(tokens: &mut Tokens<'_>) -> bool {
    let taken: Result<(char, &str)> = ('#', take_till(0.., '\n')).parse_next(tokens);
    taken.is_ok()
}

/// Everything up to a blank or one of `; { } #`.
pub(super) fn argument<'s>(tokens: &mut Tokens<'s>) -> Option<Piece<'s>> {
    let taken: Result<Piece<'s>> = take_till(1.., |letter: char| {
        letter.is_whitespace() || ends_statement(letter) || letter == '{'
    })
    .with_span()
    .parse_next(tokens);
    taken.ok()
}

/// A name's characters.
pub(super) fn name<'s>(tokens: &mut Tokens<'s>) -> Option<Piece<'s>> {
    let taken: Result<Piece<'s>> = take_while(1.., is_name_char).with_span().parse_next(tokens);
    taken.ok()
}

/// The rest of a line up to one of `; { } #`.
pub(super) fn line<'s>(tokens: &mut Tokens<'s>) -> Piece<'s> {
    let start = tokens.current_token_start();
    let taken: Result<Piece<'s>> = take_till(0.., |letter: char| {
        letter == '\n' || letter == '{' || ends_statement(letter)
    })
    .with_span()
    .parse_next(tokens);
    taken.unwrap_or(("", start..start))
}

/// This very text; where it stands, if it is next.
pub(super) fn exactly(tokens: &mut Tokens<'_>, text: &str) -> Option<Range<usize>> {
    let taken: Result<Range<usize>> = text.span().parse_next(tokens);
    taken.ok()
}

/// Any one character.
pub(super) fn letter(tokens: &mut Tokens<'_>) -> Option<char> {
    let taken: Result<char> = any.parse_next(tokens);
    taken.ok()
}

/// What comes next, without taking it.
pub(super) fn next(tokens: &Tokens<'_>) -> Option<char> {
    tokens.as_ref().chars().next()
}

/// How far the source has been read.
pub(super) fn offset(tokens: &Tokens<'_>) -> usize {
    tokens.current_token_start()
}

/// Whether a statement ends before this character, besides a newline.
pub(super) fn ends_statement(letter: char) -> bool {
    matches!(letter, ';' | '}' | '#')
}
