import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Json } from '../contract/json';
import type { Models } from '../models/models';
import type { ModelProvider } from '../models/provider';
import type { Redactor } from '../secrets/redactor';
import type { Tool } from '../tools/tool';

/** Tools whose results and errors bring none of the worker's secrets into transcripts, the store or history. */
export function toolsWithout(redactor: Redactor, tools: Iterable<Tool>): Tool[] {
  return [...tools].map((tool) => ({
    ...tool,
    run: async (args, context) => {
      try {
        return redactor.json(await tool.run(args, context));
      } catch (error) {
        throw redactor.error(error);
      }
    },
  }));
}

/** Models whose replies and errors bring none either: a gateway may repeat the key that it was sent. */
export function modelsWithout(redactor: Redactor, models: Models): Models {
  const cleaned = new WeakMap<ModelProvider, ModelProvider>();
  const clean = (provider: ModelProvider): ModelProvider => {
    const known = cleaned.get(provider);
    if (known !== undefined) return known;
    const made: ModelProvider = {
      name: provider.name,
      call: async (request, context) => {
        try {
          const response = await provider.call(request, context);
          return redactor.json(response as unknown as Json) as unknown as typeof response;
        } catch (error) {
          throw redactor.error(error);
        }
      },
    };
    cleaned.set(provider, made);
    return made;
  };
  return {
    ...models,
    resolve: (idOrTier) => {
      const model = models.resolve(idOrTier);
      return { ...model, provider: clean(model.provider) };
    },
  };
}

/** The last gate: whatever an activity throws goes into history and logs without them. */
export function failuresWithout(redactor: Redactor): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      execute: async (input, next) => {
        try {
          return await next(input);
        } catch (error) {
          throw redactor.error(error);
        }
      },
    },
  });
}
