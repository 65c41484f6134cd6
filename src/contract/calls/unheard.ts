import type { CompactInput } from '../run/compaction';
import type { AgentUses } from '../run/map-run';
import type { ModelCallInput } from './model-call';

/** What an activity that asks models was to do. */
export type Errand =
  | { readonly call: ModelCallInput }
  | { readonly compact: CompactInput }
  | Pick<AgentUses, 'agent' | 'uses'>;

/** An activity that was cancelled while no attempt of it ran: what earlier ones have used nobody has told. */
export interface Unheard {
  /** Its id within the execution. */
  readonly activity: string;
  readonly errand: Errand;
}
