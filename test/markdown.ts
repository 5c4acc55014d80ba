/** A link to a file of the project; an external one is none. */
export interface Link {
  /** As it is written; empty for a place on the same page. */
  readonly target: string;
  /** Without `#`; empty for the page as a whole. */
  readonly anchor: string;
}

/** A fenced block. */
export interface CodeBlock {
  /** What follows the fence, such as `yaml` or `sh before`. */
  readonly info: string;
  readonly text: string;
}

const FENCED = /^```([^\n]*)\n(.*?)^```/gms;

export const codeBlocksOf = (markdown: string): readonly CodeBlock[] =>
  Array.from(markdown.matchAll(FENCED), ([, info = '', text = '']) => ({ info, text }));

export const linksOf = (markdown: string): readonly Link[] =>
  Array.from(withoutCode(markdown).matchAll(/\]\(([^)#:\s]*)(?:#([^)\s]*))?\)/g), ([, target = '', anchor = '']) => ({
    target,
    anchor,
  }));

/** The anchors that GitHub makes of the headings; a repeated heading gets a number. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(markdown).matchAll(/^#{1,6} +(.+?)\s*$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const base = text.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    let anchor = base;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${base}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

const withoutCode = (markdown: string): string => markdown.replaceAll(FENCED, '').replaceAll(/`[^`\n]*`/g, codeText);

/** Code within a line is no link, but what it says is part of a heading. */
const codeText = (code: string): string => code.slice(1, -1).replaceAll(/[[\]()]/g, '');
