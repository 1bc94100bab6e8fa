import type { DefiningAuthority } from '../catalog-entry';

/** The organs whose codes were seen bound to the names of the types below. */
export const MINISTRY_OF_NATURAL_RESOURCES: DefiningAuthority = {
  name: '中华人民共和国自然资源部',
  code: '11100000MB03271699',
  level: 'national',
};

export const MINISTRY_OF_TRANSPORT: DefiningAuthority = {
  name: '中华人民共和国交通运输部',
  code: '11100000000019713D',
  level: 'national',
};

export const MINISTRY_OF_HOUSING: DefiningAuthority = {
  name: '中华人民共和国住房和城乡建设部',
  code: '11100000000013338W',
  level: 'national',
};

/** No national code was found for some types; theirs is openly fictitious until the city enters the real one. */
export const LOCAL_PLACEHOLDER: DefiningAuthority = {
  name: '本市暂编(国家类型代码待核实)',
  code: '00000000000000000X',
  level: 'city',
};
