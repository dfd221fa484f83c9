from Foundation import NSObject, NSURLSessionConfiguration


class Settings(NSObject):
    @classmethod
    def wireForName_(cls, name):
        configuration = NSURLSessionConfiguration.backgroundSessionConfigurationWithIdentifier_(name)
        configuration.setDiscretionary_(True)
        return configuration
