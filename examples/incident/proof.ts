import type { Checked, Conclusion, Finding } from './contracts';
import type { IncidentFiles } from './incident-files';

/** Lines that a model may be off by when it names a place. */
const NEAR = 2;

/** The findings whose quote stands in the file that they name, each at the line where it really is. */
export async function provenOf(
  files: IncidentFiles,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  const proven = await Promise.all(findings.map((finding) => prove(files, finding)));
  return proven.filter((finding) => finding !== undefined);
}

async function prove(files: IncidentFiles, finding: Finding): Promise<Finding | undefined> {
  const lines = await files.lines(finding.file).catch(() => []);
  const quote = plain(finding.quote);
  const holders = lines.filter(({ text }) => quote !== '' && plain(text).includes(quote));
  const found = holders.find(({ line }) => Math.abs(line - finding.line) <= NEAR) ?? holders[0];
  return found === undefined ? undefined : { ...finding, line: found.line };
}

/** Takes out of a conclusion what the files do not bear out, and says what was taken. */
export async function checkConclusion(
  files: IncidentFiles,
  incident: string,
  conclusion: Conclusion,
): Promise<Checked> {
  const evidence = await provenOf(files, conclusion.evidence);
  const lost = conclusion.evidence.filter(
    ({ says, quote }) => !evidence.some((kept) => kept.says === says && kept.quote === quote),
  );
  const why = evidence.length === 0 ? 'no evidence bears it out' : await impossible(files, conclusion);
  return {
    ...conclusion,
    incident,
    evidence: [...evidence],
    action: why === undefined ? conclusion.action : null,
    leftOut: [
      ...lost.map(({ says, file }) => `"${says}": ${file} does not say so`),
      ...(why === undefined || conclusion.action === null ? [] : [`${conclusion.action.kind}: ${why}`]),
    ],
  };
}

/** Why an action cannot be: a version that never ran cannot be gone back to. */
async function impossible(files: IncidentFiles, { action }: Conclusion): Promise<string | undefined> {
  if (action?.kind !== 'roll_back') return undefined;
  const { service, version } = action;
  const deploys = (await files.deploys()).filter((deploy) => deploy.service === service);
  if (deploys.some(({ previous }) => previous === version)) return undefined;
  return `${service} has no version ${version ?? 'that is named'} to go back to`;
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLowerCase();
}
