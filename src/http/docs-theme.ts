/**
 * What Swagger UI's own appearance lacks. It is dark where the system is, by a class on the document (its DarkModeToggle); it forgets
 * some words in it, and what it leaves out there is put right for a contrast of 4.5 and more (WCAG 2.2, 1.4.3). In light it
 * is as it comes.
 */
export const themeCss = `
/* It offers to explore other documents, which is not what the page is for. */
.swagger-ui .topbar { display: none; }

/* Or it would be white until the scripts have run. */
@media (prefers-color-scheme: dark) { html, html body { background: #1c2022; color-scheme: dark; } }

html.dark-mode .swagger-ui .examples-select__section-label,
html.dark-mode .swagger-ui .example__section-header,
html.dark-mode .swagger-ui .header-col { color: #e4e6e6; }
html.dark-mode .swagger-ui .opblock .opblock-section-header .try-out .try-out__btn.cancel { border-color: #ff8f8f; color: #ff8f8f; }
/* Numbers and words such as true, whose colour is in the element. */
html.dark-mode .swagger-ui .microlight span[style*="211, 99, 99"] { color: #ff9d9d !important; }

/* The answer is what is looked for, and stands behind a request of many lines. */
.swagger-ui .curl-command .highlight-code > .microlight,
.swagger-ui .curl-command .curl { max-height: 8rem; overflow: auto; }

/* No answer has links, and the column makes a telephone scroll sideways. */
@media (max-width: 640px) {
  .swagger-ui .response-col_links { display: none; }
  .swagger-ui .wrapper { padding: 0 10px; }
}
`;

/** Swagger UI looks at what the system is when it starts, and not again. */
export const themeScript = `
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
  document.documentElement.classList.toggle('dark-mode', matches);
});
`;
