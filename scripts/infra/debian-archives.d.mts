export function parseArchives(printed: string): string[];
