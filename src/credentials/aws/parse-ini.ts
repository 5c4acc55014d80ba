/** The settings of a section; those of a nested block are `block.name`. */
export type IniSection = ReadonlyMap<string, string>;

const sectionTypes = ['plain', 'profile', 'sso-session', 'services'] as const;
type SectionType = (typeof sectionTypes)[number];

/** Sections by their type, then by name; `plain` ones are written without a type. */
export type IniFile = Readonly<Record<SectionType, ReadonlyMap<string, IniSection>>>;
type Draft = Readonly<Record<SectionType, Map<string, Map<string, string>>>>;

const TYPED_HEADER = /^([\w-]+)\s(["'])?([\w\-@+.%:/]+)\2$/;
const COMMENT = /(?:^|\s)[;#].*$/s;

/**
 * Parses a shared file. A section that comes twice is merged, the later setting wins. Lines that are no settings, and
 * sections of a type that we do not know, are skipped, as the SDKs do.
 */
export function parseIni(text: string): IniFile {
  const file: Draft = { plain: new Map(), profile: new Map(), 'sso-session': new Map(), services: new Map() };
  let section: Map<string, string> | undefined;
  let block: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const plain = line.replace(COMMENT, '').trim();
    if (plain.startsWith('[') && plain.endsWith(']')) {
      section = openSection(file, plain.slice(1, -1));
      block = undefined;
      continue;
    }
    const equals = plain.indexOf('=');
    if (section === undefined || equals < 1) continue;
    const [name, value] = [plain.slice(0, equals).trim(), plain.slice(equals + 1).trim()];
    if (value === '') {
      block = name;
      continue;
    }
    if (line.trimStart() === line) block = undefined;
    section.set(block === undefined ? name : `${block}.${name}`, value);
  }
  return file;
}

/** The section to fill; none for a type that we do not know. */
function openSection(file: Draft, header: string): Map<string, string> | undefined {
  const [, typeName, , name = header] = TYPED_HEADER.exec(header) ?? [];
  const type = typeName === undefined ? 'plain' : sectionTypes.find((known) => known === typeName);
  if (type === undefined || typeName === 'plain') return undefined;
  const section = file[type].get(name) ?? new Map<string, string>();
  file[type].set(name, section);
  return section;
}
