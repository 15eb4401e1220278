import type { AuditSummary } from '../summary.js';

/** One HTML file that needs nothing beside it. The same summary gives the same bytes. */
export async function renderReport(summary: AuditSummary): Promise<string> {
  // The plotting library takes a third of a second to load, and whoever asks for no report does not wait for it.
  const { page } = await import('./page.js');
  return page(summary);
}
