import { type FaultTest, faultResult } from './fault-result';
import { runTamper } from './tamper';
import { runTamperPdf } from './tamper-pdf';

/** Mutated OFD and PDF files: none accepted, each refused at an expected step, none crashes or stalls the verifier. */
export const tamper: FaultTest = async ({ quick }) => {
  const ofd = await runTamper({ quick });
  const pdf = await runTamperPdf({ quick });
  return faultResult({
    fault: 'tamper',
    invariants: {},
    hits: { ofdMutations: ofd.mutations, pdfMutations: pdf.mutations },
    figures: {
      accepted: ofd.accepted + pdf.accepted.length,
      crashes: ofd.crashes + pdf.crashes.length,
      wrongStep: ofd.wrongStep + pdf.wrongStep.length,
      wrongOriginals: ofd.wrongOriginals + pdf.wrongOriginals.length,
      ofdSlowestMs: Math.round(ofd.slowestMs),
      pdfSlowestMs: Math.round(pdf.slowestMs),
      ofdLargestGrowthMb: Math.round(ofd.largestGrowthMb),
      naiveAccepted: ofd.naiveAccepted,
    },
    failures: [
      ...ofd.failures,
      ...pdf.accepted.map((name) => `pdf ${name}: accepted`),
      ...pdf.crashes.map((name) => `pdf ${name}: crashed`),
      ...pdf.wrongStep.map((name) => `pdf ${name}`),
      ...pdf.wrongOriginals.map((name) => `pdf original ${name}: wrong verdict`),
      ...(ofd.met ? [] : ['OFD: not met (see the figures)']),
      ...(pdf.met ? [] : [`PDF: not met; the slowest was ${pdf.slowest}`]),
    ],
    caught: ofd.caught,
  });
};
