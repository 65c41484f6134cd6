import {
  type ChildWorkflowHandle,
  getExternalWorkflowHandle,
  setHandler,
  type Workflow,
} from '@temporalio/workflow';
import type { Permit } from '../../contract/approvals/held-call';
import type { Pause, RaisedEvent } from '../../contract/run/event';
import type { SubtreeInput } from '../../contract/run/run';
import { eventsBelow } from '../../contract/team/awaited-events';
import type { Value } from '../../contract/value';
import { eventSignal, heardQuery, pauseSignal, rememberedSignal } from '../messages';
import type { Gate } from './gate';
import { hearSignal } from './hear-signal';
import type { Overseer } from './overseer';
import { isPause, isPermits, isRaisedEvent } from './signal-shapes';
import type { ViewKeeper } from './view-keeper';

interface OpenChild {
  readonly handle: ChildWorkflowHandle<Workflow>;
  readonly hears: ReadonlySet<string>;
}

export interface Identity {
  /** Workflow id of the whole run. */
  readonly run: string;
  readonly workflow: string;
}

/**
 * Carries events, pauses and what people allowed for good between the executions of one run. The run is the hub: a child tells it what its steps
 * raise, and it, like every child, passes on what it hears to the children that wait for it. State is the last event of
 * each name, so an `on` that begins later finds it.
 */
export class Switchboard {
  private readonly events = new Map<string, Value>();
  private readonly children = new Map<string, OpenChild>();

  constructor(
    private readonly identity: Identity,
    private readonly parts: { readonly gate: Gate; readonly view: ViewKeeper; readonly overseer: Overseer },
    carried: Readonly<Record<string, Value>> = {},
  ) {
    for (const [event, value] of Object.entries(carried)) this.events.set(event, value);
    parts.view.pause(parts.gate.paused);
    setHandler(heardQuery, (event) => this.last(event) ?? null);
    const { view } = parts;
    hearSignal({ signal: eventSignal, isRight: isRaisedEvent, view }, (raised) => this.hear(raised));
    hearSignal({ signal: pauseSignal, isRight: isPause, view }, (pause) => this.pause(pause ?? undefined));
    hearSignal({ signal: rememberedSignal, isRight: isPermits, view }, (permits) => this.learn(permits));
  }

  last(event: string): Value | undefined {
    return this.events.get(event);
  }

  /** Raises an event in this execution and everywhere else in the run. */
  async raise(event: string, value: Value): Promise<void> {
    const { run, workflow } = this.identity;
    this.hear({ event, value });
    if (run !== workflow)
      await getExternalWorkflowHandle(run).signal(eventSignal, { event, value, from: workflow });
  }

  hear({ event, value, from }: RaisedEvent): void {
    // The hub passes a child's event on to everyone, the child too.
    if (from === this.identity.workflow) return;
    this.events.set(event, value);
    for (const { handle, hears } of this.children.values())
      if (hears.has(event))
        tell(handle.signal(eventSignal, { event, value, ...(from === undefined ? {} : { from }) }));
  }

  pause(pause: Pause | undefined): void {
    this.parts.gate.set(pause);
    this.parts.view.pause(pause);
    for (const { handle } of this.children.values()) tell(handle.signal(pauseSignal, pause ?? null));
  }

  /** An approval that covers the rest of the run's calls of its kind: those that are not yet made, wherever they will be. */
  remember(permit: Permit): void {
    const { run, workflow } = this.identity;
    this.learn([permit]);
    if (run !== workflow) tell(getExternalWorkflowHandle(run).signal(rememberedSignal, [permit]));
  }

  /** Nothing is taken on trust here: the worker checks every approval that a call brings. */
  learn(permits: readonly Permit[]): void {
    const fresh = this.parts.overseer.remember(permits);
    if (fresh.length === 0) return;
    for (const { handle } of this.children.values()) tell(handle.signal(rememberedSignal, fresh));
  }

  /** What a child is told when it starts, and when it goes on in a new execution. */
  forChild({ step, path, prepared }: Pick<SubtreeInput, 'step' | 'path' | 'prepared'>): ForChild {
    const hears = eventsBelow(step, path, prepared);
    const events = Object.fromEntries([...this.events].filter(([event]) => hears.has(event)));
    const { paused } = this.parts.gate;
    return {
      ...(Object.keys(events).length === 0 ? {} : { events }),
      ...(paused === undefined ? {} : { paused }),
    };
  }

  /** From now on the child is told; it is also told what came while it was being started. */
  open(handle: ChildWorkflowHandle<Workflow>, input: SubtreeInput): void {
    const hears = eventsBelow(input.step, input.path, input.prepared);
    this.children.set(handle.workflowId, { handle, hears });
    for (const [event, value] of this.events)
      if (hears.has(event) && input.events?.[event] !== value)
        tell(handle.signal(eventSignal, { event, value }));
    const { paused } = this.parts.gate;
    if (paused !== input.paused) tell(handle.signal(pauseSignal, paused ?? null));
    const late = this.parts.overseer.rememberedBeside(input.oversight?.remembered);
    if (late.length > 0) tell(handle.signal(rememberedSignal, late));
  }

  close(workflow: string): void {
    this.children.delete(workflow);
  }
}

type ForChild = Pick<SubtreeInput, 'events' | 'paused'>;

/** A child that has ended in the meantime needs to know nothing more. */
function tell(sent: Promise<void>): void {
  sent.catch(() => undefined);
}
