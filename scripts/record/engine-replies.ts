import type { ReplyFunction } from '../../src/models/scripted';
import { refusal, text, toolCall, toolCalls, truncated } from '../../src/models/scripted-reply';

/** Turns that the walker takes: with a low event limit, several executions' worth. */
export const WALKER_TURNS = 20;

/** What the agents of the engine's own recordings say, by name; whoever is not named echoes its name. */
export const engineReplies: ReplyFunction = (request, { signal }) => {
  const turn = request.messages.filter(({ role }) => role === 'assistant').length;
  switch (request.agent) {
    case 'boss':
      return turn === 0
        ? toolCalls(
            { name: 'delegate_to_lead', args: { objective: 'lead it' } },
            { name: 'delegate_to_tester', args: { objective: 'test it' } },
          )
        : text('all done');
    case 'lead':
      return turn === 0 ? toolCall('delegate_to_coder', { objective: 'code it' }) : text('led');
    case 'finisher':
      return toolCall('delegate_to_able', { objective: 'add', weight: 2, finish: true });
    case 'adder':
      return text('{"sum": 7}');
    case 'rambler':
      return JSON.stringify(request.messages).includes('a summary')
        ? text('the end')
        : truncated('x'.repeat(6000));
    case 'compactor':
      return text('a summary');
    case 'stuck':
      return request.toolChoice === 'none'
        ? text('enough')
        : toolCall('delegate_to_coder', { objective: 'code' });
    case 'counter':
      return turn === 0
        ? toolCalls({ name: 'square', args: { value: 3 } }, { name: 'look', args: { turn } })
        : text('nine');
    case 'walker':
      return turn < WALKER_TURNS - 1 ? toolCall('look', { turn }) : text('walked');
    case 'refuser':
      return refusal('cyber');
    case 'sleeper':
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    default:
      return text(`I am ${request.agent}.`);
  }
};
