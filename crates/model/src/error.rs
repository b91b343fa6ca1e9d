//! What can be wrong with a scheme, a code or a unit, in a planner's words.

use crate::{Code, MAX_CODE_CHARS};

/// Why a text is not a code, a scheme or a version, or why a unit's parent cannot be told.
///
/// Lines count from 1 in the scheme's text.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// There is no text, or nothing but white space.
    #[error("the code is empty: every unit needs one")]
    CodeEmpty,
    /// More than [`MAX_CODE_CHARS`] characters.
    #[error("the code \"{start}…\" has {chars} characters, at most {MAX_CODE_CHARS} are allowed")]
    CodeTooLong {
        /// Its first characters.
        start: String,
        /// How many it has.
        chars: usize,
    },
    /// A character that cannot be seen.
    #[error(
        "the code \"{shown}\" has an invisible or control character at position {position}: \
         remove it"
    )]
    CodeUnprintable {
        /// The code, such characters escaped.
        shown: String,
        /// Where the first one stands, from 1.
        position: usize,
    },
    /// A code does not look like those of its level.
    #[error("the code {code} is not one of level \"{level}\": it does not match {pattern}")]
    CodeMalformed {
        /// The code.
        code: Code,
        /// The level's id.
        level: String,
        /// The level's pattern.
        pattern: String,
    },
    /// The parent rule reads a column that is empty or absent for this unit.
    #[error(
        "unit {code} of level \"{level}\" names no parent: its column \"{column}\" must hold the \
         code of a unit of level \"{parent_level}\""
    )]
    ParentNotGiven {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// The column of the parent rule.
        column: String,
        /// The id of the level above.
        parent_level: String,
    },
    /// A code is too short to begin with its parent's.
    #[error(
        "the code {code} of level \"{level}\" should begin with the {prefix} characters of its \
         parent's code and has only {chars}"
    )]
    ParentPrefix {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// Characters that the rule takes.
        prefix: usize,
        /// Characters that the code has.
        chars: usize,
    },
    /// The named segments of a code are no code.
    #[error(
        "the code {code} of level \"{level}\" has nothing in its segments {segments} that could \
         be its parent's code"
    )]
    ParentSegments {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// The segments of the rule, as the scheme writes them.
        segments: String,
    },
    /// The file names a parent, the scheme's rule says another.
    #[error(
        "unit {code} of level \"{level}\" names {given} as its parent, but by the scheme's rule \
         it is {derived}: correct one of them, or let the scheme read the column with \
         parent = {{ column = \"…\" }}"
    )]
    ParentDisagrees {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// What the file says.
        given: Code,
        /// What the rule says.
        derived: Code,
    },
    /// A level index that the scheme does not have.
    #[error("level number {index} does not exist: the scheme has {levels} levels")]
    NoSuchLevel {
        /// The index, from 0.
        index: usize,
        /// How many levels there are.
        levels: usize,
    },
    /// Not a word for a plan's state.
    #[error("\"{value}\" is no state of a plan: it is draft, checked, published or superseded")]
    NotAPlanState {
        /// The word as given.
        value: String,
    },
    /// Not `plan.revision`.
    #[error("\"{value}\" is no version: write plan and revision as in 3.17")]
    NotAVersion {
        /// The text as given.
        value: String,
    },

    /// A scheme file that is larger than any scheme.
    #[error("the scheme has {bytes} bytes, at most {limit} are read: is it the right file?")]
    SchemeTooLarge {
        /// Its size.
        bytes: usize,
        /// The largest that is read.
        limit: usize,
    },
    /// Not TOML, an unknown or missing key, or a value of another type.
    #[error("scheme, line {line}: {message}")]
    SchemeSyntax {
        /// Where.
        line: usize,
        /// What, in the words of the TOML reader.
        message: String,
    },
    /// No `[[level]]` at all.
    #[error(
        "the scheme has no levels: write one [[level]] table for each, from the top to the \
         grids"
    )]
    NoLevels,
    /// A text that must not be empty.
    #[error("scheme, line {line}: `{key}` is empty")]
    EmptyText {
        /// Where.
        line: usize,
        /// The key.
        key: &'static str,
    },
    /// The scheme's own code is no code.
    #[error("scheme, line {line}: the city's `code`: {reason}")]
    SchemeCode {
        /// Where.
        line: usize,
        /// Why.
        #[source]
        reason: Box<ModelError>,
    },
    /// A level id that cannot stand in addresses and options.
    #[error(
        "scheme, line {line}: the level id \"{id}\" may only have lower-case Latin letters, \
         digits, - and _, and begins with a letter; the name for people goes to `name`"
    )]
    LevelId {
        /// Where.
        line: usize,
        /// The id.
        id: String,
    },
    /// Two levels with one id.
    #[error("scheme, line {line}: the level id \"{id}\" is already used in line {first_line}")]
    DuplicateLevel {
        /// The second use.
        line: usize,
        /// The id.
        id: String,
        /// The first use.
        first_line: usize,
    },
    /// A code pattern that is no regular expression.
    #[error(
        "scheme, line {line}: the code pattern {pattern} of level \"{level}\" cannot be used: \
         {reason}"
    )]
    BadPattern {
        /// Where.
        line: usize,
        /// The level's id.
        level: String,
        /// The pattern, shortened when it is long.
        pattern: String,
        /// Why.
        reason: String,
    },
    /// A code pattern that could match a part of a code.
    #[error(
        "scheme, line {line}: the code pattern {pattern} of level \"{level}\" could match a part \
         of a code: it must begin with ^ and end with $, as {anchored} does"
    )]
    PatternNotAnchored {
        /// Where.
        line: usize,
        /// The level's id.
        level: String,
        /// The pattern.
        pattern: String,
        /// The same, anchored.
        anchored: String,
    },
    /// A pattern whose codes all exceed [`MAX_CODE_CHARS`].
    #[error(
        "scheme, line {line}: the code pattern {pattern} of level \"{level}\" matches only codes \
         of {min_chars} or more characters, and a code has at most {MAX_CODE_CHARS}"
    )]
    PatternTooLong {
        /// Where.
        line: usize,
        /// The level's id.
        level: String,
        /// The pattern.
        pattern: String,
        /// The shortest code it matches.
        min_chars: usize,
    },
    /// The top level has a parent rule.
    #[error(
        "scheme, line {line}: level \"{level}\" is the top level, which has no parent: remove \
         `parent`, or put the level above it first"
    )]
    ParentOnTop {
        /// Where.
        line: usize,
        /// The level's id.
        level: String,
    },
    /// A level below the top has no parent rule.
    #[error(
        "scheme, line {line}: level \"{level}\" does not say how its units find their parent: \
         add parent = {{ prefix = … }}, parent = {{ column = \"…\" }} or \
         parent = {{ segments = [\"…\"] }}"
    )]
    ParentMissing {
        /// Where the level begins.
        line: usize,
        /// The level's id.
        level: String,
    },
    /// A parent rule with none or several of its three forms.
    #[error(
        "scheme, line {line}: `parent` of level \"{level}\" must have exactly one of prefix, \
         column and segments, and has {given}"
    )]
    ParentRuleForm {
        /// Where.
        line: usize,
        /// The level's id.
        level: String,
        /// How many it has.
        given: usize,
    },
    /// A prefix that no code of the level can have before something of its own.
    #[error(
        "scheme, line {line}: a parent prefix of {prefix} characters does not fit level \
         \"{level}\": its codes, {pattern}, have at most {max_chars}, and the prefix must be \
         shorter"
    )]
    PrefixTooLong {
        /// Where.
        line: usize,
        /// The level's id.
        level: String,
        /// Characters that the rule takes.
        prefix: usize,
        /// The level's pattern.
        pattern: String,
        /// The longest code.
        max_chars: usize,
    },
    /// A prefix of no characters.
    #[error(
        "scheme, line {line}: the parent prefix of level \"{level}\" is 0; it counts the \
         characters of the parent's code and is at least 1"
    )]
    PrefixZero {
        /// Where.
        line: usize,
        /// The level's id.
        level: String,
    },
    /// A prefix that cannot be a code of the level above.
    #[error(
        "scheme, line {line}: a parent prefix of {prefix} characters cannot be a code of the \
         level above, \"{parent_level}\", whose pattern is {parent_pattern}"
    )]
    PrefixNotParent {
        /// Where.
        line: usize,
        /// Characters that the rule takes.
        prefix: usize,
        /// The id of the level above.
        parent_level: String,
        /// Its pattern.
        parent_pattern: String,
    },
    /// A segment that the pattern does not name.
    #[error(
        "scheme, line {line}: the code pattern of level \"{level}\" has no segment \
         \"{segment}\"; it has {known}. A segment is a named group, as in (?<street>\\d{{9}})"
    )]
    NoSuchSegment {
        /// Where.
        line: usize,
        /// The level's id.
        level: String,
        /// The segment.
        segment: String,
        /// Those that there are.
        known: String,
    },
    /// A lower bound above the upper.
    #[error(
        "scheme, line {line}: the limits of `{quantity}` of level \"{level}\" run from {low} \
         down to {high}: write [smallest, largest]"
    )]
    LimitsReversed {
        /// Where.
        line: usize,
        /// The level's id.
        level: String,
        /// `households` or `population`.
        quantity: &'static str,
        /// First number.
        low: u32,
        /// Second number.
        high: u32,
    },
    /// A post named twice.
    #[error("scheme, line {line}: level \"{level}\" names the post \"{post}\" twice")]
    DuplicatePost {
        /// Where.
        line: usize,
        /// The level's id.
        level: String,
        /// The post.
        post: String,
    },
    /// Codes of components that are not made up of four runs of digits.
    #[error(
        "scheme, line {line}: `code` of [components] is how many digits county, major class, minor \
         class and number have, such as [6, 2, 2, 6]: none but the county's may be 0, and together \
         they are 64 at most"
    )]
    ComponentCode {
        /// Where.
        line: usize,
    },
    /// A tier of components that the scheme does not have.
    #[error("scheme, line {line}: [components] names tier {tier}, which [tiers] does not have")]
    ComponentTier {
        /// Where.
        line: usize,
        /// The tier.
        tier: u32,
    },
    /// A tier whose key is not a number.
    #[error(
        "scheme, line {line}: the tier \"{tier}\" is not a number: tiers are 1, 2, 3…, the \
         first to act being 1"
    )]
    TierNumber {
        /// Where.
        line: usize,
        /// The key.
        tier: String,
    },
    /// A tier that names no level.
    #[error(
        "scheme, line {line}: tier {tier} names the level \"{level}\", which the scheme does not \
         have; it has {known}"
    )]
    TierLevel {
        /// Where.
        line: usize,
        /// The tier.
        tier: u32,
        /// What it names.
        level: String,
        /// The levels that there are.
        known: String,
    },
    /// Two tiers of one level.
    #[error(
        "scheme, line {line}: tier {tier} names the level \"{level}\", as tier {other} does: \
         each tier has a level of its own"
    )]
    TierTwice {
        /// Where.
        line: usize,
        /// The tier.
        tier: u32,
        /// The level.
        level: String,
        /// The other tier.
        other: u32,
    },
}
