import type { FileEvidence, FileVerdict, FileVerifier } from '../../../ports/file-verifier';

/** Answers what a test set, whatever the bytes. */
export class FakeFileVerifier implements FileVerifier {
  verdict: FileVerdict = {
    kind: 'judged',
    format: 'ofd',
    verdict: 'valid',
    reason: 'sealsSound',
    sentence: '签章完好',
    checks: [{ name: '签章', outcome: 'passed', detail: null }],
    sealedAt: '2026-11-20T10:00:00+08:00',
    signers: ['东胜区行政审批和政务服务局'],
  };

  evidence: FileEvidence | null = null;

  async verify(_bytes: Uint8Array, evidence: FileEvidence) {
    this.evidence = evidence;
    return this.verdict;
  }
}
