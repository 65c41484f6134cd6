import { Command } from 'commander';
import { worstCase } from '../../contract/cost/cost';
import { priceWorstCase } from '../../contract/cost/price-worst-case';
import type { Team } from '../../contract/team/team';
import { modelsFromEnvironment } from '../../models/models-from-environment';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Console } from '../screen/console';
import { fill, fillLeft } from '../screen/fit-text';
import { showCount, showSome } from '../screen/show-numbers';
import { checkOptions } from '../team/check-options';
import { mistakeLine } from '../team/mistake-line';
import { priceFrom } from '../team/price-agents';
import { readInput } from '../team/read-input';
import { type CheckedFile, loadTeamFolder } from '../team/team-folder';
import { type Cli, does } from './command';

interface CheckFlags {
  readonly input?: string;
  readonly json?: boolean;
}

/** `baton check`: every mistake of a team with its path; what it may cost and grow to at worst. Needs no server. */
export function checkCommand(cli: Cli): Command {
  const command = new Command('check')
    .description('Find every mistake of a team, and what it could cost at worst')
    .argument('<team>', 'folder of a team, or a team in YAML or JSON')
    .option('--input <input>', 'for a team that is built from its input: file, folder, JSON, or "-"')
    .option('--json', 'print one JSON document on stdout and nothing else there');
  return does<CheckFlags>(command, cli, async (console, flags, [path = '']) => {
    const folder = loadTeamFolder(path);
    const input = await readInput(flags.input, folder, console.streams);
    return report(console, await folder.check(input, checkOptions(folder)));
  });
}

function report(console: Console, checked: CheckedFile): ExitCode {
  const { team, growth, warnings, mistakes } = checked;
  const prices =
    team === undefined
      ? undefined
      : priceWorstCase(team, priceFrom(modelsFromEnvironment(console.streams.env)));
  console.document({
    ok: team !== undefined,
    mistakes: mistakes.map(forPrograms),
    warnings: warnings.map(forPrograms),
    ...(team === undefined
      ? {}
      : { team: team.name, version: team.version, worstCase: figures(team, prices) }),
    ...(growth === undefined ? {} : { growth }),
  });
  if (team === undefined) {
    console.say(console.paint.error(`${showSome(mistakes.length, 'mistake')}:`));
    for (const each of mistakes) console.say(mistakeLine(each));
    return EXIT.usage;
  }
  console.say(`${console.paint.bold(team.name)} ${team.version}: no mistakes.`);
  if (warnings.length > 0)
    console.say(`${showSome(warnings.length, 'warning')}:\n${warnings.map(mistakeLine).join('\n')}`);
  if (prices !== undefined) for (const line of costLines(team, prices)) console.say(line);
  if (growth !== undefined)
    console.say(
      `Histories: ${growth.histories}; the longest at worst ${showCount(growth.events)} events, at ${growth.path}.`,
    );
  return EXIT.ok;
}

function forPrograms({ path, message, line }: CheckedFile['mistakes'][number]) {
  return { path, message, ...(line === undefined ? {} : { line }) };
}

type Prices = ReturnType<typeof priceWorstCase>;

function figures(team: Team, prices: Prices | undefined) {
  const agents = Object.entries(worstCase(team)).map(([agent, use]) => {
    const { uses, calls, inputTokens, outputTokens } = use;
    return {
      agent,
      uses,
      calls,
      inputTokens,
      outputTokens,
      microDollars: prices?.agents[agent] ?? 'unpriced',
    };
  });
  return { agents, totalMicroDollars: prices?.total ?? 0, capped: prices?.capped ?? false };
}

function costLines(team: Team, prices: Prices): readonly string[] {
  const uses = Object.entries(worstCase(team));
  if (uses.length === 0) return ['It asks no model.'];
  const width = Math.max(5, ...uses.map(([agent]) => agent.length));
  const lines = uses.map(([agent, use]) => {
    const cost = prices.agents[agent];
    return [
      fill(agent, width),
      fillLeft(showCount(use.uses), 6),
      fillLeft(showCount(use.calls), 7),
      fillLeft(showCount(use.inputTokens + use.outputTokens), 8),
      fillLeft(typeof cost === 'number' ? dollars(cost) : 'unpriced', 12),
    ].join('  ');
  });
  const head = `${fill('agent', width)}  ${fillLeft('uses', 6)}  ${fillLeft('calls', 7)}  ${fillLeft('tokens', 8)}  ${fillLeft('cost', 12)}`;
  const rest =
    prices.unpriced.length === 0
      ? ''
      : `, and what ${prices.unpriced.join(', ')} cost, whose price is unknown`;
  const cap = prices.capped
    ? ' (held there by limits.maxMicroDollars)'
    : prices.budgeted
      ? ' (held there by the budgets of its steps)'
      : '';
  const total =
    prices.unpriced.length === uses.length
      ? 'No price is known: configure the models (ANTHROPIC_API_KEY, BATON_MODELS) to see the cost.'
      : `In all at most ${dollars(prices.total)}${cap}${rest}.`;
  return ['At worst, by agent:', head, ...lines, total];
}

function dollars(microDollars: number): string {
  return `$${(microDollars / 1_000_000).toFixed(2)}`;
}
