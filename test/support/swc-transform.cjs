// One transform for source and for the few ESM-only packages that jest's CommonJS runtime cannot load as they are.
const { createTransformer } = require('@swc/jest');

module.exports = createTransformer({
  jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
});
