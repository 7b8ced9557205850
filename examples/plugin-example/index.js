// What holdpoint finds when a profile says `plugins: [holdpoint-plugin-example]`.
import { fileAge } from './file-age.js';
import { jsonLines } from './json-lines.js';
import { marker } from './marker.js';
import { oneLine } from './one-line.js';

export const plugin = {
  holdpointPlugin: 1,
  name: 'holdpoint-plugin-example',
  kinds: [fileAge],
  sources: [jsonLines],
  platforms: [marker],
  reporters: [oneLine],
};
