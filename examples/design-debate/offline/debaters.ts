import { z } from 'zod';
import type { Json } from '../../../src/contract/json';
import { paperSchema } from '../input';
import { type Option, parseOptions } from '../options';
import { balance, ranked } from './weighing';

const turnsSchema = z.array(z.object({ by: z.string(), said: z.unknown() }));

/** What a side of the debate is shown: the paper alone, or the paper and the turns so far. */
const shownSchema = z.union([
  z.object({ question: paperSchema, turns: turnsSchema, roundsLeft: z.number().default(0) }),
  paperSchema.transform((question) => ({ question, turns: [], roundsLeft: 0 })),
]);

interface Shown {
  readonly options: readonly Option[];
  /** The options that were proposed, the last one last. */
  readonly proposed: readonly Option[];
  readonly roundsLeft: number;
}

export function readShown(json: Json | undefined): Shown {
  const { question, turns, roundsLeft } = shownSchema.parse(json);
  const { options } = parseOptions(question.text);
  const proposed = turns
    .filter(({ by }) => by === 'proposer')
    .flatMap(({ said }) => {
      const { option } = z.object({ option: z.string() }).parse(said);
      return options.filter(({ name }) => name === option);
    });
  return { options, proposed, roundsLeft };
}

/** Proposes by points for: the richest first, and the next one once the critic has not agreed. */
export function propose({ options, proposed }: Shown): Json {
  const order = ranked(options, (option) => option.for.length);
  const option = order[proposed.length] ?? order.at(-1);
  return { option: option?.name ?? '', argument: option?.for.join(' ') ?? '' };
}

/** Agrees where no other option has fewer points against it. */
export function criticize({ options, proposed }: Shown): Json {
  const against = proposed.at(-1)?.against ?? [];
  const better = options.find((other) => other.against.length < against.length);
  return better === undefined
    ? { agrees: true, argument: `Nothing has fewer objections (${against.length}).` }
    : { agrees: false, argument: `${against.join(' ')} Less is said against "${better.name}".` };
}

/** Decides once the proposal has the best balance of all, or for the best of those proposed when no round is left. */
export function judge({ options, proposed, roundsLeft }: Shown): Json {
  const [best] = ranked(options, balance);
  const latest = proposed.at(-1);
  const [bestProposed] = ranked(proposed, balance);
  const decided = roundsLeft === 0 || (latest !== undefined && latest.name === best?.name);
  const verdict = decided && latest?.name === best?.name ? latest : bestProposed;
  return {
    decided,
    verdict: verdict?.name ?? '',
    reasons: [...(verdict?.for ?? [])],
    dissent: [...(verdict?.against ?? [])],
  };
}
