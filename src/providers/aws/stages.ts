/** Staging labels of AWS that have a name at every store, and back. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['AWSCURRENT', 'current'],
  ['AWSPREVIOUS', 'previous'],
  ['AWSPENDING', 'pending'],
]);
const LABELS: ReadonlyMap<string, string> = new Map(Array.from(NAMES, ([label, name]) => [name, label]));

/** Our name of a staging label; labels of the store's users are called as they are. */
export const toStage = (label: string): string => NAMES.get(label) ?? label;

/** The staging label that a stage is called at AWS. */
export const toLabel = (stage: string): string => LABELS.get(stage) ?? stage;
