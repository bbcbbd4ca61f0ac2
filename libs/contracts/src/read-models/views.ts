import { escalationViews } from './escalation-views.ts';
import { faultViews } from './fault-views.ts';
import { fixViews } from './fix-views.ts';
import { fleetViews } from './fleet-views.ts';
import type { View } from './view.ts';

/** Every read model that people and programs are meant to read, in the order of the loop. */
export const VIEWS: readonly View[] = [...faultViews, ...fixViews, ...escalationViews, ...fleetViews];

export const findView = (name: string): View | undefined => VIEWS.find((view) => view.name === name);
