#import "Core/FNBackgroundAssertion.h"
#import "Core/FNTransferCenter.h"
#import "Maps/FNTileCache.h"
