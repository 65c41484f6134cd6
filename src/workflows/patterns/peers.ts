import type { Json } from '../../contract/json';
import type { StepResult } from '../../contract/run/run';
import type { PeersStep } from '../../contract/team/step';
import { childPath, iterationPath, type StepPath } from '../../contract/team/step-path';
import { inline, type Value } from '../../contract/value';
import { commonAnswer, MailRoom } from '../peers/mail-room';
import { postForm } from '../peers/read-post';
import type { Run } from '../run/run';
import { fanOut } from '../steps/fan-out';
import { keepValue } from '../steps/keep-value';
import type { Place } from '../steps/place';
import { ranOut } from '../steps/ran-out';
import { readAnswer } from '../steps/read-answer';
import { Stop } from '../steps/stop';

/**
 * Peers: members write messages to each other, to one or to all. In the first round each is given the question, in
 * later rounds those with mail are given it, side by side; what they write in a round is delivered after it, in the
 * order in which the members are declared. It ends on consensus (a proposal that all others agree to, or one answer of
 * all) where `until` says so, when nobody has mail, or after `maxRounds`. No consensus is no failure: the output
 * `{ agreed, endedBy, answer, answers, rounds, messages }` says so. `stopWhen` is tested on what each round comes to, in
 * that form. When the time is up, or the budget, the finished rounds are the result, which is then partial.
 *
 * Crash: finished turns are in history and are not taken again; mailboxes are made of them anew.
 */
export async function runPeers(run: Run, place: Place<PeersStep>): Promise<StepResult> {
  const { members, maxRounds, until } = place.step;
  const talk = new Talk(run, place);
  const stop = new Stop(run, place.step);
  for (let round = 0; ; round += 1) {
    try {
      await talk.round(round);
    } catch (error) {
      const cause = ranOut(error);
      if (round === 0 || cause === undefined) throw error;
      return talk.conclude(cause, round);
    }
    const agreed = until === 'consensus' ? talk.consensus() : undefined;
    if (agreed !== undefined) return talk.conclude('consensus', round + 1, agreed.answer);
    if (!Object.keys(members).some((name) => talk.mail.hasMail(name)))
      return talk.conclude('quiet', round + 1);
    if (await stop.at(talk.result('stopWhen', round + 1))) return talk.conclude('stopWhen', round + 1);
    if (round + 1 >= maxRounds) return talk.conclude('limit', round + 1);
  }
}

type EndedBy = 'consensus' | 'quiet' | 'limit' | 'stopWhen' | 'timeout' | 'budget';

class Talk {
  readonly mail: MailRoom;
  private readonly names: readonly string[];
  private readonly answers = new Map<string, Json>();
  private readonly missing: StepPath[] = [];
  /** Turns of the round that runs. */
  private speaking: readonly StepPath[] = [];

  constructor(
    private readonly run: Run,
    private readonly place: Place<PeersStep>,
  ) {
    this.names = Object.keys(place.step.members);
    this.mail = new MailRoom(this.names);
  }

  async round(round: number): Promise<void> {
    const speaking = this.names.filter((name) => round === 0 || this.mail.hasMail(name));
    this.speaking = speaking.map((name) => this.pathOf(name, round));
    const turns = speaking.map((name) => ({ name, start: () => this.turn(name, round) }));
    const { results } = await fanOut(turns, 'all', { width: speaking.length });
    const form = postForm(this.names);
    for (const [name, result] of results) {
      this.missing.push(...result.missing);
      // A member that was skipped has nothing to say.
      if ('inline' in result.output && result.output.inline === null) continue;
      const path = this.pathOf(name, round);
      const { messages, answer } = await readAnswer(this.run, { value: result.output, path }, form);
      this.mail.post(name, round + 1, messages);
      if (answer !== undefined) this.answers.set(name, answer);
    }
  }

  consensus(): { readonly answer: Json } | undefined {
    const answer = this.mail.agreedProposal()?.payload ?? commonAnswer(this.names, this.answers);
    return answer === undefined ? undefined : { answer };
  }

  async conclude(endedBy: EndedBy, rounds: number, answer?: Json): Promise<StepResult> {
    this.run.view.change(this.place.path, { outcome: `ended by ${endedBy} in round ${rounds}` });
    const output = await keepValue(this.run, this.result(endedBy, rounds, answer));
    return {
      output,
      missing: [...this.missing, ...(endedBy === 'timeout' || endedBy === 'budget' ? this.speaking : [])],
    };
  }

  result(endedBy: EndedBy, rounds: number, answer?: Json): Value {
    return inline({
      agreed: endedBy === 'consensus',
      endedBy,
      answer: answer ?? null,
      answers: Object.fromEntries(this.answers),
      rounds,
      messages: this.mail.messages() as unknown as Json,
    });
  }

  private async turn(name: string, round: number): Promise<StepResult> {
    const { input, step, generation } = this.place;
    const answer = this.answers.get(name);
    const given = await keepValue(this.run, {
      record: {
        question: input,
        you: inline(name),
        members: inline(this.names),
        round: inline(round + 1),
        roundsLeft: inline(step.maxRounds - round - 1),
        mail: inline(this.mail.take(name) as unknown as Json),
        ...(answer === undefined ? {} : { yourAnswer: inline(answer) }),
      },
    });
    const member = step.members[name];
    if (member === undefined) throw new TypeError(`"${name}" is no member`);
    return this.run.runStep({ step: member, path: this.pathOf(name, round), input: given, generation });
  }

  private pathOf(name: string, round: number): StepPath {
    return iterationPath(childPath(this.place.path, this.place.step, name), round);
  }
}
