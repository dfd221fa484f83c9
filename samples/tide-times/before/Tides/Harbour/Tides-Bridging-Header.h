#import "TDHarbourLine.h"
