import t from 'tap';
import { type Colour, palettes } from '../../src/audit/report/styles.js';

/** As WCAG 2 has it. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = (hex.slice(1).match(/../g) ?? []).map((pair) => {
    const value = parseInt(pair, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const texts: [Colour, Colour][] = [
  ['text', 'page'],
  ['muted', 'page'],
  ['wrong', 'page'],
  ['right', 'page'],
  ['text', 'rightSoft'],
  ['text', 'unknownSoft'],
  ['onLowHeat', 'heat1'],
  ['onLowHeat', 'heat2'],
  ['onLowHeat', 'heat3'],
  ['onHighHeat', 'heat4'],
  ['onHighHeat', 'heat5'],
];

const shapes: Colour[] = ['wrong', 'right', 'exempt', 'unknown', 'unread'];

for (const [theme, palette] of Object.entries(palettes)) {
  t.test(`${theme}: text is readable, and shapes are seen (WCAG AA)`, async (t) => {
    for (const [text, ground] of texts) {
      const found = contrast(palette[text], palette[ground]);
      t.ok(found >= 4.5, `${text} on ${ground}: ${found.toFixed(2)}`);
    }
    for (const shape of shapes) {
      const found = contrast(palette[shape], palette.page);
      t.ok(found >= 3, `${shape} on the page: ${found.toFixed(2)}`);
    }
  });
}
