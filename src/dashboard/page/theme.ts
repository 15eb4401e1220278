/** As the system has it, or one of the two whatever the system says. */
const themes = ['system', 'light', 'dark'] as const;

type Theme = (typeof themes)[number];

const key = 'dashboard-theme';

const words: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' };

function stored(): Theme {
  const found = localStorage.getItem(key);
  return themes.find((theme) => theme === found) ?? 'system';
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Has a button choose the theme in turn, for this browser. Calls when colours are others. */
export function chooseTheme(button: HTMLElement, onChange: () => void): void {
  const show = (theme: Theme): void => {
    button.textContent = `Theme: ${words[theme]}`;
  };
  show(stored());
  button.addEventListener('click', () => {
    const next = themes[(themes.indexOf(stored()) + 1) % themes.length] ?? 'system';
    localStorage.setItem(key, next);
    apply(next);
    show(next);
    onChange();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
}

// Loaded ahead of the rest, so that nothing is drawn in the other theme first.
apply(stored());
