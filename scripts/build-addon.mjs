console.error('sluice: the addon is not in the tree yet')
