import { Context } from '@temporalio/activity';
import type { BatonActivities } from '../contract/activities';
import { failure } from '../contract/fail';
import { atPointer, type Json, type JsonPointer } from '../contract/json';
import { KEPT_CANDIDATES } from '../contract/team/classification';
import type { ExampleClassifier, Examples } from '../routing/example-classifier';
import { resolveValue } from '../threads/resolve-value';
import type { ContentStore } from '../threads/store';
import { textOf } from '../threads/text-of';
import { withHeartbeat } from './with-heartbeat';

/**
 * Asks the worker's classifier. The first use of new examples trains on them, which a cancelled activity does not wait
 * for. Safe to repeat: the same examples and text give the same answer. Throws InvalidInput where the pointer leads
 * nowhere, StoredValueMissing, StoreUnavailable.
 */
export function createClassifyByExamples(
  content: ContentStore,
  classifier: ExampleClassifier,
): BatonActivities['classifyByExamples'] {
  return async ({ examples, input, text }) => {
    const context = Context.current();
    return withHeartbeat(context, async () => {
      const message = textAt(await resolveValue(input, content), text);
      // Nothing was said, so nothing speaks for any route.
      if (message.trim() === '') return [];
      const known = (await content.get(examples)) as Examples;
      const candidates = await Promise.race([classifier.classify(known, message), context.cancelled]);
      return candidates.slice(0, KEPT_CANDIDATES);
    });
  };
}

function textAt(input: Json, pointer: JsonPointer = ''): string {
  const found = atPointer(input, pointer);
  if (found !== undefined) return textOf(found);
  throw failure(
    'InvalidInput',
    `The input of the route step has no "${pointer}", where its text should be. Correct the classifier's "text", or the input.`,
  );
}
