import { isWithin, type StepPath } from '../../contract/team/step-path';

/** Branches of these work side by side and are given the same input: what one of them reads reaches none of the others. */
const APART: ReadonlySet<string> = new Set(['parallel', 'map', 'race', 'vote']);

/** Steps of these whose input is their branches' outputs, by key. */
const JOINING = /^(synthesis|tie-break|~.*)$/;

/** Where untrusted output has come in, and who has seen what came of it. */
interface Mark {
  readonly path: StepPath;
  readonly tools: readonly string[];
}

/**
 * Which steps may have been given what untrusted tools returned. It is told by place, not by value: what a step has taken
 * in is taken to be in everything that runs after it, save in branches beside it. So no way of joining, cutting or
 * rewording a value loses it, and a step may be held to have seen what it has not. A person who lets a value pass at an
 * `approve` step has seen it: what comes after, in that pipeline or below that step, is theirs.
 *
 * Workflow state: told by the order of history, and the same in a replay.
 */
export class Taint {
  private readonly marks: Mark[] = [];
  private readonly passed: { readonly path: StepPath; readonly seen: ReadonlySet<Mark> }[] = [];

  private readonly inherited: Mark;

  /** `inherited` are the tools whose output may be in the input of this execution, which runs the subtree at `top`. */
  constructor(top: StepPath, inherited: readonly string[] = []) {
    this.inherited = { path: top, tools: inherited };
    if (inherited.length > 0) this.marks.push(this.inherited);
  }

  /** Output of these tools has entered the step at `path`. */
  mark(path: StepPath, tools: readonly string[] = []): void {
    const known = new Set(this.marks.filter((mark) => mark.path === path).flatMap((mark) => mark.tools));
    const fresh = tools.filter((tool) => !known.has(tool));
    if (fresh.length > 0) this.marks.push({ path, tools: fresh });
  }

  /** A person has let pass what the step at `path` was given. */
  passedByPerson(path: StepPath): void {
    this.passed.push({ path, seen: new Set(this.reaching(path)) });
  }

  /** Untrusted tools whose output may be in what a step is given that begins now, by name; undefined where there is none. */
  into(path: StepPath): readonly string[] | undefined {
    const seen = this.seenBy((gate) => comesAfter(path, gate));
    return names(this.reaching(path).filter((mark) => !seen.has(mark)));
  }

  /** Those whose output has entered the step at `path`, or one below it, and may be in what it returns. */
  outOf(path: StepPath): readonly string[] | undefined {
    const depth = path.split('/').length;
    const seen = this.seenBy((gate) => isWithin(gate, path) && isOnTheWayOut(gate, depth));
    return names(
      this.marks.filter((mark) => mark !== this.inherited && isWithin(mark.path, path) && !seen.has(mark)),
    );
  }

  private seenBy(counts: (gate: StepPath) => boolean): ReadonlySet<Mark> {
    return new Set(this.passed.filter(({ path }) => counts(path)).flatMap(({ seen }) => [...seen]));
  }

  private reaching(path: StepPath): readonly Mark[] {
    return this.marks.filter((mark) => reaches(mark.path, path));
  }
}

function reaches(from: StepPath, to: StepPath): boolean {
  if (isWithin(to, from)) return true;
  // What a step below has taken in comes up to it as a result, which is told of by itself.
  if (isWithin(from, to)) return false;
  const { kind, key } = branchOf(to, commonSegments(from, to));
  return !APART.has(kind) || JOINING.test(key);
}

/** Is all that the step at `path` is given what went through the step at `gate`? */
function comesAfter(path: StepPath, gate: StepPath): boolean {
  if (isWithin(path, gate)) return true;
  const parting = commonSegments(path, gate);
  return branchOf(path, parting).kind === 'pipeline' && isOnTheWayOut(gate, parting);
}

/** Does nothing come out of the patterns around the gate, from that depth on, but through it? */
function isOnTheWayOut(gate: StepPath, depth: number): boolean {
  return gate
    .split('/')
    .slice(depth)
    .every((segment) => segment.startsWith('pipeline:') || segment.startsWith('approve:'));
}

function commonSegments(one: StepPath, other: StepPath): number {
  const [left, right] = [one.split('/'), other.split('/')];
  const differs = left.findIndex((segment, index) => segment !== right[index]);
  return differs === -1 ? left.length : differs;
}

/** The segment at which a path leaves another: the kind of the pattern where they part, and which of its steps this is. */
function branchOf(path: StepPath, index: number): { readonly kind: string; readonly key: string } {
  const [kind = '', key = ''] = (path.split('/')[index] ?? '').split(':');
  return { kind, key: key.replaceAll(/\[\d+\]/g, '') };
}

function names(marks: readonly Mark[]): readonly string[] | undefined {
  return marks.length === 0 ? undefined : [...new Set(marks.flatMap(({ tools }) => tools))].sort();
}
