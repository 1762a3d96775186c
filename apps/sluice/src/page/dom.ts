type Child = Node | string

interface Properties {
  readonly class?: string
  readonly title?: string
  readonly onclick?: () => void
}

/** Makes an element; what children are strings becomes text, never markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  if (properties.class !== undefined) made.className = properties.class
  if (properties.title !== undefined) made.title = properties.title
  if (properties.onclick !== undefined) made.addEventListener('click', properties.onclick)
  made.append(...children)
  return made
}

/** Makes an SVG element. */
export function graphic(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: Node[]
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  made.append(...children)
  return made
}
