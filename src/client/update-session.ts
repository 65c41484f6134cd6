import type { SESSION_UPDATES } from '../contract/names';
import type { ClientContext } from './client-context';
import { type EntityUpdate, updateEntity } from './update-entity';

export interface SessionUpdate extends EntityUpdate {
  readonly name: keyof typeof SESSION_UPDATES;
}

/** As {@link updateEntity}; throws SessionOver, SessionRefused beside. */
export function updateSession<Result>(
  context: ClientContext,
  session: string,
  update: SessionUpdate,
): Promise<Result> {
  return updateEntity(context, { id: session, switching: 'SessionSwitching', over: 'SessionOver' }, update);
}
