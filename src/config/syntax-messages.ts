import type { ErrorCode } from 'yaml';

/** What is wrong with the YAML, in words of ours: those of the library quote the text, which may hold a credential. */
export const syntaxMessages: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias takes no anchor and no tag',
  BAD_ALIAS: 'the alias or anchor has no valid name',
  BAD_COLLECTION_TYPE: 'the tag does not fit what follows it',
  BAD_DIRECTIVE: "a line that begins with '%' is no valid directive",
  BAD_DQ_ESCAPE: 'unknown escape in a double-quoted text; use single quotes or double the backslash',
  BAD_INDENT: 'wrong indentation, or a bracket that is not closed',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place',
  BAD_SCALAR_START: 'a text that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: "a second ': ' on one line; put the text into quotes or the mapping on its own lines",
  BLOCK_IN_FLOW: 'indented lists and mappings cannot stand within brackets',
  DUPLICATE_KEY: 'a key is given twice',
  IMPOSSIBLE: 'this is no valid YAML',
  KEY_OVER_1024_CHARS: 'a key is longer than 1,024 characters',
  MISSING_CHAR: 'a closing quote, a bracket, a comma, a colon or a blank is missing',
  MULTILINE_IMPLICIT_KEY: 'a key spans lines; a colon may be missing',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: "a second document begins; there can be only one, so remove the '---'",
  MULTIPLE_TAGS: 'a value has two tags',
  NON_STRING_KEY: 'a key is no text',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'a tab cannot indent; use blanks',
  TAG_RESOLVE_FAILED: 'unknown tag',
  UNEXPECTED_TOKEN: 'something is here that does not belong',
};
