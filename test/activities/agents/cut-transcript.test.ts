import fc from 'fast-check';
import {
  cutTranscript,
  estimateTokens,
  shortened,
  transcriptText,
} from '../../../src/activities/agents/cut-transcript';
import type { Message, Part } from '../../../src/contract/run/conversation';

/** A transcript as the loop writes it: the task, then replies, each call of one answered in the message after it. */
function transcript(turns: readonly { calls: number; chars: number }[], task = 'the task'): Message[] {
  const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: task }] }];
  for (const [turn, { calls, chars }] of turns.entries()) {
    const ids = Array.from({ length: calls }, (_, index) => `${turn}-${index}`);
    messages.push({
      role: 'assistant',
      content: [
        { type: 'text', text: `turn ${turn}` },
        ...ids.map((id): Part => ({ type: 'toolCall', id, name: 'look', args: { turn } })),
      ],
    });
    const results = ids.map(
      (id): Part => ({
        type: 'toolResult',
        id,
        name: 'look',
        content: 'x'.repeat(chars),
        isError: false,
      }),
    );
    messages.push({
      role: 'user',
      content: results.length > 0 ? results : [{ type: 'text', text: 'go on' }],
    });
  }
  // The last results are not in the transcript yet: they go with the next call.
  return messages.slice(0, -1);
}

const idsOf = (messages: readonly Message[], type: 'toolCall' | 'toolResult') =>
  messages.flatMap(({ content }) => content.flatMap((part) => (part.type === type ? [part.id] : [])));
const ofTurns = fc.array(fc.record({ calls: fc.nat(3), chars: fc.nat(2000) }), {
  minLength: 1,
  maxLength: 12,
});

describe('cutting a transcript', () => {
  test('a call and its result stay on one side; the last reply and its calls always stay; roles alternate', () => {
    fc.assert(
      fc.property(ofTurns, fc.integer({ min: 1, max: 5000 }), (turns, keep) => {
        const messages = transcript(turns);
        const cut = cutTranscript(messages, keep);
        if (cut === undefined) {
          expect(turns.length).toBeLessThan(2);
          return;
        }
        for (const side of [cut.older, cut.latest.slice(0, -1)])
          expect(idsOf(side, 'toolResult')).toEqual(idsOf(side, 'toolCall'));
        expect(cut.latest.at(-1)).toBe(messages.at(-1));
        const kept = shortened(cut, 'sum');
        expect(kept.map(({ role }) => role)).toEqual(
          kept.map((_, index) => (index % 2 ? 'assistant' : 'user')),
        );
        const fits = estimateTokens(cut.latest) <= keep;
        expect(fits || cut.latest.length === 1).toBe(true);
      }),
    );
  });

  test('the task is kept word for word, once, however often the rest is summed up; the summary before is handed on', () => {
    const messages = transcript(Array.from({ length: 6 }, () => ({ calls: 1, chars: 100 })));
    const first = cutTranscript(messages, 60);
    if (first === undefined) throw new Error('nothing to cut');
    const again = [
      ...shortened(first, 'sum one'),
      ...transcript(Array.from({ length: 4 }, () => ({ calls: 1, chars: 100 }))).slice(1),
    ];
    const second = cutTranscript(again, 60);
    if (second === undefined) throw new Error('nothing to cut');
    expect(second.summary).toBe('sum one');
    expect(second.opening).toEqual([{ type: 'text', text: 'the task' }]);
    const [opening] = shortened(second, 'sum two');
    expect(JSON.stringify(opening).match(/the task/g)).toHaveLength(1);
    expect(JSON.stringify(opening)).not.toContain('sum one');
  });

  test('a task too long to keep is summed up with the rest', () => {
    const cut = cutTranscript(
      transcript(
        [
          { calls: 1, chars: 10 },
          { calls: 1, chars: 10 },
        ],
        'y'.repeat(9000),
      ),
      100,
    );
    expect(cut?.opening).toEqual([]);
    expect(transcriptText(cut?.older ?? [])).toContain('yyy');
  });
});
