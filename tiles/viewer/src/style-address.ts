// Which style the map is drawn by.

import { address, withQuery } from './api';
import { view } from './view';
import { spoken } from './words';

/** The address of a style, of the plan in force unless another is named. */
export const styleOf = (plan?: string): string => address(withQuery(`styles/${view.style}.json`, { lang: spoken(), plan }));
