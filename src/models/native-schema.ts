import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import { failure } from '../contract/fail';
import type { JsonObject } from '../contract/json';

/**
 * A schema in the subset that vendors hold a reply to (Bedrock's is Anthropic's). What lies outside it becomes part of
 * the descriptions, and is checked like all the rest when the answer is there.
 */
export function nativeSchema(schema: JsonObject): Record<string, unknown> {
  try {
    return transformJSONSchema(schema);
  } catch (error) {
    throw failure(
      'ModelBadRequest',
      `The output schema cannot be written in the vendor's subset: ${error instanceof Error ? error.message : 'unknown'}. Correct it, or set the model's structuredOutput to "tool".`,
    );
  }
}
