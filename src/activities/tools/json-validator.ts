import Ajv, { type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Json, JsonObject } from '../../contract/json';

/** Violations that are listed; a reader, person or model, gains nothing from more. */
const MAX_VIOLATIONS = 30;

const OPTIONS: Options = {
  // Schemas come from people and vendors: keywords that Ajv does not know are theirs to use.
  strict: false,
  allErrors: true,
  logger: false,
  // Two agents may use one $id for two schemas.
  addUsedSchema: false,
};

const current = addFormats(new Ajv2020(OPTIONS));
const draft7 = addFormats(new Ajv(OPTIONS));

/** Compiled once a schema object: compiling takes milliseconds, checking microseconds. */
const compiled = new WeakMap<JsonObject, ValidateFunction>();

/** Everything in which a value breaks a JSON Schema (draft 2020-12, or 7 and older by its `$schema`); empty when nothing. Throws on a schema that is none. */
export function violationsOf(schema: JsonObject, value: Json): readonly string[] {
  const validate = validatorOf(schema);
  if (validate(value)) return [];
  const violations = [...new Set((validate.errors ?? []).map(describe))];
  return violations.length <= MAX_VIOLATIONS
    ? violations
    : [...violations.slice(0, MAX_VIOLATIONS), `and ${violations.length - MAX_VIOLATIONS} more`];
}

/** What is wrong with a schema itself; undefined when it can be used. */
export function schemaProblem(schema: JsonObject): string | undefined {
  try {
    validatorOf(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function validatorOf(schema: JsonObject): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const ajv = /draft-0[4-7]/.test(String(schema.$schema ?? '')) ? draft7 : current;
  const validate = ajv.compile(schema);
  // Ajv would keep every schema it ever saw; a worker sees those of all teams.
  ajv.removeSchema(schema);
  compiled.set(schema, validate);
  return validate;
}

function describe(error: ErrorObject): string {
  const place = error.instancePath === '' ? 'the whole value' : error.instancePath;
  return `${place} ${error.message ?? `breaks "${error.keyword}"`}${fact(error)}`;
}

function fact({ keyword, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `: "${params.additionalProperty}"`;
  if (keyword === 'unevaluatedProperties') return `: "${params.unevaluatedProperty}"`;
  if (keyword === 'enum') return `: ${JSON.stringify(params.allowedValues)}`;
  if (keyword === 'const') return `: ${JSON.stringify(params.allowedValue)}`;
  return '';
}
