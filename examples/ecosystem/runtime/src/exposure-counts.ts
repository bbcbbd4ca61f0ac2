/** How many requests there were since the program began, and how many of them failed for whoever asked. Nothing here retries. */
export class ExposureCounts {
  private total = 0;
  private failed = 0;

  note(status: number): void {
    this.total += 1;
    if (status >= 500) this.failed += 1;
  }

  read(): { total: number; failed: number } {
    return { total: this.total, failed: this.failed };
  }
}
