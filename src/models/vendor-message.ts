const MAX_CHARS = 300;

/** Keys and bearer tokens, should a gateway repeat one. */
const SECRETS = /\b(sk-[\w-]{8,}|AKIA[A-Z0-9]{12,}|Bearer\s+\S+)/g;

/** A vendor's message, fit for history: short, on one line, without keys. */
export function tellVendorMessage(message: string): string {
  const told = message.replace(/\s+/g, ' ').replace(SECRETS, '[secret]').trim();
  return told.length <= MAX_CHARS ? told : `${told.slice(0, MAX_CHARS - 1)}…`;
}
