import { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../contract/fail';
import { type Models, oneModel } from '../../models/models';
import { modelsFromEnvironment } from '../../models/models-from-environment';
import { type ReplyFunction, scripted } from '../../models/scripted';
import type { Brought } from './team-folder';

export interface ChosenModels {
  readonly models: Models;
  /** True where no model is asked: the folder computes the replies from the input. */
  readonly offline: boolean;
}

/** Replies that are computed here cost nothing, which is known and not unpriced. */
const FREE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

export const OFFLINE_NOTICE = 'No model was asked: replies are computed offline from the input.';

/**
 * The models of the environment; where it names none, the offline replies of the one folder that has some.
 * Where it has neither, the models are unconfigured and every agent fails NoModelConfigured.
 * Throws InvalidInput where offline replies are wanted and no folder or more than one has them.
 */
export function chooseModels(
  env: NodeJS.ProcessEnv,
  folders: readonly Brought[],
  wanted: { readonly offline: boolean },
): ChosenModels {
  const models = modelsFromEnvironment(env);
  if (models.configured && !wanted.offline) return { models, offline: false };
  const withReplies = folders.flatMap(({ path, offline }) =>
    offline === undefined ? [] : [{ path, offline }],
  );
  const [only, ...others] = withReplies;
  if (others.length > 0)
    throw failure(
      'InvalidInput',
      `No model is configured, and offline replies are those of one team: ${withReplies.map(({ path }) => path).join(', ')} all have some. Start a worker for each, with queues of their own (--task-queue).`,
    );
  if (only !== undefined)
    return { models: oneModel(scripted(computed(only.offline)), { price: FREE }), offline: true };
  if (wanted.offline)
    throw failure('InvalidInput', 'The team brings no offline replies: its folder has no offline.js.');
  return { models, offline: false };
}

/** What the author's code throws is a mistake in it, or a question that it was not made for: asked again it would throw again. */
function computed(reply: ReplyFunction): ReplyFunction {
  return async (request, context) => {
    try {
      return await reply(request, context);
    } catch (error) {
      if (error instanceof ApplicationFailure || context.signal.aborted) throw error;
      const name = error instanceof Error ? error.name : 'what is no error';
      throw failure(
        'ScriptExhausted',
        `The offline replies of the team threw ${name} when asked for an answer of the agent "${request.agent}".`,
        error instanceof Error ? { cause: error } : {},
      );
    }
  };
}
