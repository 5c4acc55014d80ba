const FORM = /^[\w+=,.@:/-]{1,256}$/;
// So that a file can stand in for AWS Secrets Manager.
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['AWSCURRENT', 'current'],
  ['AWSPREVIOUS', 'previous'],
  ['AWSPENDING', 'pending'],
]);

/** Whether a version of this store can have this stage. */
export const isStageName = (text: string): boolean => FORM.test(text);

/** One name for equal stages. */
export const canonicalStage = (stage: string): string => ALIASES.get(stage) ?? stage;
