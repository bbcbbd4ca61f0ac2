export function renderTemplate(file: string, values: Readonly<Record<string, string | number>>): string;
