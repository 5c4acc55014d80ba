import type { ErrorObject } from 'ajv';

/**
 * Of a choice (`oneOf`, `anyOf`) that fits nothing, Ajv lists what every branch lacks. Keeps the errors of the one
 * branch that was meant, where a fixed key such as `method` tells it; otherwise one error for the whole choice.
 */
export function narrowChoices(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  // The outermost choice comes first: its schema path is the shortest.
  const choices = errors
    .filter(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf')
    .sort((a, b) => a.schemaPath.length - b.schemaPath.length);
  let kept = errors;
  for (const choice of choices) {
    if (kept.includes(choice)) kept = hasWrongType(kept, choice) ? without(kept, choice) : narrow(kept, choice);
  }
  return kept;
}

/** Whether the value is not of the type that is wanted beside the choice, which says enough. */
function hasWrongType(errors: readonly ErrorObject[], choice: ErrorObject): boolean {
  return errors.some(
    ({ keyword, instancePath, parentSchema }) =>
      keyword === 'type' && instancePath === choice.instancePath && parentSchema === choice.parentSchema,
  );
}

function without(errors: readonly ErrorObject[], choice: ErrorObject): readonly ErrorObject[] {
  return errors.filter((error) => error !== choice && !isInside(error, choice));
}

function narrow(errors: readonly ErrorObject[], choice: ErrorObject): readonly ErrorObject[] {
  const inside = errors.filter((error) => error !== choice && isInside(error, choice));
  const branches = Map.groupBy(inside, (error) => branchOf(error, choice));
  const meant = [...branches.values()].filter((branch) => !branch.some((error) => tellsAnother(error, choice)));
  const only = meant.length === 1 ? meant[0] : undefined;
  return [...without(errors, choice), ...(only ?? [namelessChoice(inside, choice)])];
}

function isInside(error: ErrorObject, choice: ErrorObject): boolean {
  const isBelow =
    error.instancePath === choice.instancePath || error.instancePath.startsWith(`${choice.instancePath}/`);
  return isBelow && error.schemaPath.startsWith(`${choice.schemaPath}/`);
}

function branchOf(error: ErrorObject, choice: ErrorObject): string {
  return error.schemaPath.slice(choice.schemaPath.length + 1).split('/', 1)[0] ?? '';
}

/** Whether the error says that the value is of another branch: a wrong type, or another fixed key. */
function tellsAnother(error: ErrorObject, choice: ErrorObject): boolean {
  if (error.instancePath === choice.instancePath) return error.keyword === 'type';
  return isFixedKey(error) && !error.instancePath.slice(choice.instancePath.length + 1).includes('/');
}

const isFixedKey = ({ keyword }: ErrorObject): boolean => keyword === 'const' || keyword === 'enum';

/** No branch was meant: when all differ in one fixed key, what it may be; else the choice as a whole. */
function namelessChoice(inside: readonly ErrorObject[], choice: ErrorObject): ErrorObject {
  const fixed = inside.filter((error) => isFixedKey(error) && error.instancePath !== choice.instancePath);
  const [first] = fixed;
  if (first === undefined || fixed.some(({ instancePath }) => instancePath !== first.instancePath)) return choice;
  const allowedValues = fixed.flatMap(({ params }) => params['allowedValues'] ?? [params['allowedValue']]);
  return { ...first, keyword: 'enum', params: { allowedValues } };
}
