// Every word of the page in both languages.

export type Language = 'zh' | 'en';

const WORDS = {
  title: ['网格', 'Grids'],
  search: ['按编码或名称查找', 'Find by code or name'],
  nothing_found: ['没有找到', 'Nothing found'],
  place: ['定位', 'Place'],
  layers: ['图层', 'Layers'],
  plans: ['方案', 'Plans'],
  other_language: ['English', '中文'],
  hide_panel: ['收起', 'Fold'],
  show_panel: ['展开', 'Unfold'],
  to_panel: ['跳到面板', 'Skip to the panel'],
  map_label: ['地图：方向键移动，+ 与 − 缩放，回车查询中心点', 'Map: arrow keys move, + and − zoom, Enter asks about the centre'],
  day: ['彩色', 'Colour'],
  plain: ['打印', 'Plain'],
  style: ['样式', 'Style'],
  click_hint: ['点击地图任意位置，或输入坐标，查询归属。', 'Click anywhere on the map, or type coordinates, to see whose point it is.'],
  coordinates: ['坐标', 'Coordinates'],
  system: ['坐标系', 'System'],
  go: ['查询', 'Ask'],
  typed_hint: ['经度, 纬度；投影坐标为 东, 北（米）', 'longitude, latitude; easting, northing in metres where projected'],
  not_two_numbers: ['请输入两个数，例如 120.9425, 40.7257', 'Type two numbers, such as 120.9425, 40.7257'],
  chain: ['归属', 'Whose it is'],
  inside: ['网格内', 'inside'],
  near: ['网格外（附近）', 'outside, near'],
  outside: ['不在任何网格内', 'Outside all grids'],
  border_distance: ['距边界', 'to the border'],
  distance: ['距网格', 'from the grid'],
  subject: ['事项', 'About'],
  subject_none: ['（不指定）', '(nothing in particular)'],
  events: ['事件', 'Events'],
  components: ['部件', 'Components'],
  handlers: ['各级处置部门', 'Who handles it'],
  tier: ['第{0}级', 'Tier {0}'],
  posts: ['岗位', 'Posts'],
  vacant: ['空缺', 'vacant'],
  near_components: ['附近部件', 'Nearest components'],
  no_components: ['{0} 米内没有部件', 'No components within {0} m'],
  overlays: ['专业网格', 'Specialised grids'],
  unsettled: ['附近边界未定', 'A border near by is not settled'],
  accuracy: ['精度圆半径（米）', 'Accuracy circle, metres'],
  accuracy_hint: ['拖动圆周上的圆点改变半径，拖动中心改变位置', 'Drag the dot on the circle to change it, the middle to move it'],
  candidates: ['候选网格', 'Candidates'],
  more_grids: ['另有 {0} 个', 'and {0} more'],
  share_of: ['按圆面积', 'by area of the circle'],
  levels: ['层级', 'Levels'],
  borders_labels: ['边界与注记', 'Borders and labels'],
  all: ['全部', 'All'],
  none: ['全不选', 'None'],
  base: ['底图', 'Base map'],
  special: ['专业网格', 'Specialised grids'],
  copied: ['链接已复制', 'Link copied'],
  copy_link: ['复制链接', 'Copy link'],
  drop: ['选择边界文件，或把文件拖到这里', 'Choose a boundary file, or drop one here'],
  drop_hint: ['GeoJSON、GeoPackage、Shapefile（zip）、KML、FlatGeobuf、CSV', 'GeoJSON, GeoPackage, Shapefile (zip), KML, FlatGeobuf, CSV'],
  plan_name: ['方案名称', 'Name of the plan'],
  file_crs: ['文件坐标系（可不填）', 'System of the file (optional)'],
  send: ['送检', 'Check it'],
  cancel: ['取消', 'Cancel'],
  sending: ['正在读取并检查……', 'Reading and checking …'],
  taken: ['已收入 {0} 个单元', '{0} units taken in'],
  plan: ['方案', 'Plan'],
  in_force: ['现行', 'in force'],
  draft: ['草案', 'draft'],
  checked: ['已检查', 'checked'],
  published: ['已发布', 'published'],
  superseded: ['已被取代', 'superseded'],
  scheduled: ['待生效', 'scheduled'],
  show: ['打开', 'Open'],
  close: ['关闭', 'Close'],
  defects: ['问题', 'Defects'],
  seamless: ['无缝', 'Seamless'],
  not_seamless: ['有缝隙或重叠', 'Not seamless'],
  no_defects: ['没有问题', 'No defects'],
  previous: ['上一个', 'Previous'],
  next: ['下一个', 'Next'],
  defect_keys: ['键盘：N 下一个，P 上一个', 'Keys: N next, P previous'],
  no_tiles: ['此方案未能成图：只显示问题所在', 'This plan has no map of its own: its defects are shown alone'],
  compare: ['对比', 'Compare'],
  against: ['与方案', 'with plan'],
  off: ['不对比', 'Off'],
  slide: ['卷帘', 'Slider'],
  side: ['并排', 'Side by side'],
  slider: ['卷帘位置', 'Position of the slider'],
  changes: ['变动', 'What changes hands'],
  no_changes: ['没有变动', 'Nothing changes'],
  unchanged: ['不变', 'unchanged'],
  reports: ['下载', 'Download'],
  report_page: ['变动报告（网页）', 'Report of changes (page)'],
  report_geojson: ['变动（GeoJSON）', 'Changes (GeoJSON)'],
  report_defects: ['问题（JSON）', 'Defects (JSON)'],
  writes_refused: ['此服务不接受改动（启动时未加 --allow-writes），不能上传方案。', 'This service takes no changes (it was started without --allow-writes): plans cannot be sent.'],
  loading: ['正在读取……', 'Loading …'],
  unreachable: ['服务无法连接', 'The service cannot be reached'],
  area: ['面积', 'area'],
  households: ['户', 'households'],
  unit: ['单元', 'Unit'],
  neighbours: ['四至', 'Neighbours'],
  east: ['东', 'East'],
  south: ['南', 'South'],
  west: ['西', 'West'],
  north: ['北', 'North'],
  beyond: ['区外', 'beyond the rim'],
  more: ['还有 {0} 项', '{0} more'],
  projected: ['CGCS2000 投影', 'CGCS2000 projected'],
  zone3: ['3°带 中央经线 {0}°', '3° zone, meridian {0}°'],
  zone3n: ['3°带 {0} 带（带号）', '3° zone {0}, numbered'],
  zone6: ['6°带 中央经线 {0}°', '6° zone, meridian {0}°'],
  zone6n: ['6°带 {0} 带（带号）', '6° zone {0}, numbered'],
  people: ['人', 'people'],
} as const satisfies Record<string, readonly [string, string]>;

/** Kinds of defects and changes, and words of posts and states, as the service writes them. */
const TERMS: Record<string, readonly [string, string]> = {
  gap: ['缝隙', 'gap'],
  overlap: ['重叠', 'overlap'],
  hairline: ['毛边', 'hairline'],
  inlet: ['边缘缺口', 'inlet'],
  'unmatched-vertex': ['单侧节点', 'unmatched vertex'],
  'self-intersection': ['自相交', 'self-intersection'],
  spike: ['尖刺', 'spike'],
  'duplicate-vertex': ['重复节点', 'duplicate vertex'],
  'duplicate-grid': ['重复网格', 'duplicate grid'],
  'outside-parent': ['超出上级', 'outside its parent'],
  'parent-uncovered': ['上级未覆盖', 'parent not covered'],
  'code-duplicate': ['编码重复', 'code twice'],
  'code-malformed': ['编码不合规', 'malformed code'],
  'code-parent': ['上级不符', 'parent does not fit'],
  empty: ['无图形', 'no ground'],
  'not-polygon': ['不是面', 'not a polygon'],
  size: ['规模超限', 'size outside the limits'],
  detached: ['飞地', 'detached'],
  tiny: ['过小', 'tiny'],
  thin: ['过窄', 'thin'],
  'cut-object': ['切割部件', 'cuts an object'],
  'multi-part': ['多部分', 'several parts'],
  renamed: ['改名', 'renamed'],
  redigitised: ['重新描绘', 'redrawn'],
  transfer: ['划转', 'transfer'],
  split: ['拆分', 'split'],
  merge: ['合并', 'merge'],
  recut: ['重划', 'recut'],
  new: ['新增', 'new'],
  gone: ['撤销', 'gone'],
  error: ['错误', 'error'],
  warning: ['提醒', 'warning'],
  info: ['信息', 'info'],
  head: ['网格长', 'head'],
  information: ['信息员', 'information officer'],
  police: ['民警', 'police officer'],
  safety: ['安全员', 'safety officer'],
  supervisor: ['监督员', 'supervisor'],
  urban: ['城市', 'urban'],
  rural: ['农村', 'rural'],
  special: ['专属', 'special'],
  intact: ['完好', 'intact'],
};

export type Word = keyof typeof WORDS;

let language: Language = 'zh';

export function speak(next: Language): void {
  language = next;
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
}

export const spoken = (): Language => language;

/** A word of the page, with `{0}` filled in. */
export function t(word: Word, ...values: (string | number)[]): string {
  const text: string = WORDS[word][language === 'zh' ? 0 : 1];
  return text.replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)] ?? ''));
}

/** A word of the service's, in the language where it is known. */
export const term = (word: string): string => TERMS[word]?.[language === 'zh' ? 0 : 1] ?? word;

/** A name in the language, or the other one, or the code. */
export const named = (thing: { name?: string; name_en?: string; code?: string; id?: string }): string =>
  (language === 'zh' ? thing.name ?? thing.name_en : thing.name_en ?? thing.name) ?? thing.code ?? thing.id ?? '';

/** A number as people of the language write it. */
export const number = (value: number, digits = 0): string =>
  value.toLocaleString(language === 'zh' ? 'zh-CN' : 'en', { maximumFractionDigits: digits });

/** An area in square metres or kilometres. */
export const area = (m2: number): string => (m2 >= 1e5 ? `${number(m2 / 1e6, 3)} km²` : `${number(m2, m2 < 100 ? 2 : 0)} m²`);
