import type { Message, Part } from '../../contract/run/conversation';

/** Begins the part of a shortened transcript's first message that stands for what is gone. */
const HEADING = 'What happened so far, summed up (the messages themselves are gone):\n';
/** Characters of one part that a summary is made from; the beginning of a long result says what it was. */
const PART_CHARS = 4000;
const CHARS_OF_TOKEN = 4;

/** A transcript cut in two, before a reply of the model. */
export interface CutTranscript {
  /** The task as it was first told, kept word for word; nothing where it is itself too long. */
  readonly opening: readonly Part[];
  /** The summary that an earlier cut left; empty where this is the first. */
  readonly summary: string;
  /** To be summed up. */
  readonly older: readonly Message[];
  /** Stays as it is; begins with a reply of the model, whose calls and results are all in it or still to come. */
  readonly latest: readonly Message[];
}

/** Cuts before the first reply from which on the rest fits `keepTokens`, else before the last. Undefined where nothing would be gained. */
export function cutTranscript(messages: readonly Message[], keepTokens: number): CutTranscript | undefined {
  const [first, ...rest] = messages;
  const replies = messages.flatMap(({ role }, index) => (role === 'assistant' && index > 1 ? [index] : []));
  const fitting = replies.find((index) => estimateTokens(messages.slice(index)) <= keepTokens);
  const at = fitting ?? replies.at(-1);
  if (first === undefined || at === undefined) return undefined;
  const told = first.content.filter((part) => !isSummary(part));
  const summary = first.content.flatMap((part) => (isSummary(part) ? [part.text.slice(HEADING.length)] : []));
  const isShort = estimateTokens([{ role: 'user', content: told }]) <= keepTokens;
  const older = rest.slice(0, at - 1);
  return {
    opening: isShort ? told : [],
    summary: summary.join('\n'),
    older: isShort ? older : [{ role: 'user', content: told }, ...older],
    latest: messages.slice(at),
  };
}

/** The transcript with the summary in the place of what it stands for. */
export function shortened({ opening, latest }: CutTranscript, summary: string): readonly Message[] {
  return [{ role: 'user', content: [...opening, { type: 'text', text: `${HEADING}${summary}` }] }, ...latest];
}

/** A usual rule of thumb; a vendor's own blocks count by their JSON. */
export function estimateTokens(messages: readonly Message[]): number {
  const chars = messages
    .flatMap(({ content }) => content)
    .reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : JSON.stringify(part).length), 0);
  return Math.ceil(chars / CHARS_OF_TOKEN);
}

/** Messages as text for whoever sums them up. */
export function transcriptText(messages: readonly Message[]): string {
  return messages
    .map(({ role, content }) => {
      const lines = content.map(partText).filter((text) => text !== '');
      return `<${role}>\n${lines.join('\n')}\n</${role}>`;
    })
    .join('\n');
}

function partText(part: Part): string {
  switch (part.type) {
    case 'text':
      return cutText(part.text);
    case 'toolCall':
      return `[called ${part.name} with ${cutText(JSON.stringify(part.args))}]`;
    case 'toolResult':
      return `[${part.isError ? 'error' : 'result'} of ${part.name}: ${cutText(part.content)}]`;
    case 'opaque':
      return '';
  }
}

function cutText(text: string): string {
  const more = text.length - PART_CHARS;
  return more <= 0 ? text : `${text.slice(0, PART_CHARS)}… (${more} more characters)`;
}

function isSummary(part: Part): part is Extract<Part, { type: 'text' }> {
  return part.type === 'text' && part.text.startsWith(HEADING);
}
