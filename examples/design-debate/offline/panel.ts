import { z } from 'zod';
import type { Json } from '../../../src/contract/json';
import { type Option, questionSchema } from '../options';
import { balance, balanceFor, concerning, ranked } from './weighing';

const heardSchema = z.object({ paper: questionSchema });

/** Ranks the options by the points that concern the voter's view, equal ones by all points. */
export function rank(view: string, json: Json | undefined): Json {
  const { paper } = heardSchema.parse(json);
  const order = ranked(ranked(paper.options, balance), (option) => balanceFor(view, option));
  return { vote: order.map(({ name }) => name), reason: reasonOf(view, order[0]) };
}

function reasonOf(view: string, first: Option | undefined): string {
  return concerning(view, first?.for ?? [])[0] ?? 'Least is said against it.';
}

/** Chooses the answer with the best balance of all points. */
export function breakTie(json: Json | undefined): Json {
  const { question, answers } = z
    .object({
      question: heardSchema,
      answers: z.array(z.object({ number: z.number(), answer: z.string() })),
    })
    .parse(json);
  const tied = question.paper.options.filter(({ name }) => answers.some(({ answer }) => answer === name));
  const [best] = ranked(tied, balance);
  const choice = answers.find(({ answer }) => answer === best?.name)?.number ?? 0;
  return { choice, reason: `Of the equal ones it has the most for it: ${best?.for.join(' ') ?? ''}` };
}
