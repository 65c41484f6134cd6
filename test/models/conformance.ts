import { answerFacts } from './answer-facts';
import { benchOf } from './conformance-bench';
import { failureFacts } from './failure-facts';
import { replyFacts } from './reply-facts';
import { requestFacts } from './request-facts';
import type { Vendor } from './vendor';

/** One list of facts, held against every vendor's adapter through the vendor's own wire. */
export function conformance(vendor: Vendor): void {
  const bench = benchOf(vendor);
  replyFacts(bench);
  requestFacts(bench);
  answerFacts(bench);
  failureFacts(bench);
}
