import type { Write } from '../../contract/calls/effect';
import { hashOf } from '../../contract/hash';
import type { RepeatPolicy, RepeatTerms } from '../../contract/run/past';

/** Knows what the run that this one began from has done, so that no effect happens a second time unasked. */
export class RepeatGuard {
  private readonly keys: ReadonlySet<string>;
  private left: readonly Write[];
  readonly policy: RepeatPolicy;
  readonly of: string;

  constructor(readonly terms: RepeatTerms | undefined) {
    this.policy = terms?.policy ?? 'ask';
    this.of = terms?.of ?? '';
    this.left = terms?.writes ?? [];
    this.keys = new Set(this.left.map(({ key }) => key));
  }

  /**
   * The earlier call that this one would repeat: of the same tool at the same step, or anywhere with the same
   * arguments. None where it is the very same call, whose result the journal holds. Each counts once.
   */
  earlier(write: Write): Write | undefined {
    if (this.policy === 'replay' || this.keys.has(write.key)) return undefined;
    const same = this.left.filter(({ tool }) => tool === write.tool);
    const args = same.length === 0 ? '' : hashOf(write.args);
    const found =
      same.find((each) => each.path === write.path && hashOf(each.args) === args) ??
      same.find((each) => each.path === write.path) ??
      same.find((each) => hashOf(each.args) === args);
    if (found !== undefined) this.left = this.left.filter((each) => each !== found);
    return found;
  }

  /** It was not done again, and nobody was asked: the next call like it counts. */
  putBack(earlier: Write): void {
    this.left = [...this.left, earlier];
  }
}
