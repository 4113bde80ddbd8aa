// Only the tests use Babel: packages that ship ES modules become CommonJS for jest.
module.exports = {
  presets: [['@babel/preset-env', { targets: { node: 'current' } }]]
};
