/** Prints the line that CI and people look for: the last one of `npm test`. */
class FinalCountReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.stderr.write('', () =>
      process.stdout.write(`${results.numPassedTests} passed, ${failed} failed\n`),
    );
  }
}

module.exports = FinalCountReporter;
