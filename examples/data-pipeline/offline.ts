import { z } from 'zod';
import type { ModelRequest } from '../../src/models/provider';
import { output, type ScriptedReply } from '../../src/models/scripted-reply';
import { openingJson } from '../../src/testing/read-request';
import type { Topics } from './batch';

type Topic = Topics['topics'][number]['topic'];

/** Words that speak for a topic. Complaints outweigh thanks in the same comment. */
const WORDS: readonly { readonly topic: Topic; readonly pattern: RegExp; readonly weight: number }[] = [
  {
    topic: 'delivery',
    pattern: /\b(parcel|deliver\w*|courier|driver|late|neighbour|shipp\w*|box)\b/gi,
    weight: 2,
  },
  { topic: 'payment', pattern: /\b(charged?|card|refund|invoice|vat|pay\w*|twice)\b/gi, weight: 2 },
  {
    topic: 'product',
    pattern: /\b(broke\w*|flickers?|smells?|screen|zip|lamp|colour|green|defect\w*)\b/gi,
    weight: 2,
  },
  { topic: 'praise', pattern: /\b(great|thank\w*|happy|lovely|love|well|fast|perfect)\b/gi, weight: 1.5 },
];

const commentsSchema = z.array(z.object({ id: z.string(), comment: z.string() }));

/** The sorter without a model: counts the words that speak for each topic. */
export function offline(request: ModelRequest): ScriptedReply {
  if (request.agent !== 'sorter') throw new Error(`There is no offline agent "${request.agent}".`);
  const comments = commentsSchema.parse(openingJson(request));
  return output({ topics: comments.map(({ id, comment }) => ({ id, topic: topicOf(comment) })) });
}

function topicOf(comment: string): Topic {
  let best: { topic: Topic; score: number } = { topic: 'other', score: 0 };
  for (const { topic, pattern, weight } of WORDS) {
    const score = (comment.match(pattern)?.length ?? 0) * weight;
    if (score > best.score) best = { topic, score };
  }
  return best.topic;
}
